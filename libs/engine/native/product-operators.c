/*
 * Products of activations and weights in blocks. Both operators are com.microsoft.MatMulNBits at accuracy level 4 with
 * other kernels, and take the same tensors and the attributes K, N, block_size and gated:
 *
 *   BlockProduct(x, q, scales, zeros)    4 bits, with a zero point for each block
 *   ByteProduct(x, q, scales[, bias])    8 bits, whose zero point is 128
 *
 * x is f32 [..., K], the output f32 [..., N]. With gated = 1 x is [..., 2 K], and what is multiplied is SiLU of its
 * first half times the second.
 */
#include <stdlib.h>

#include "operators.h"
#include "product.h"

typedef struct {
  Api api;
  int64_t is_gated;
  Weights weights;
} Kernel;

/* Data of an input of weights, which has to be constant and of so many elements. */
static Status constant(Api api, const void *info, size_t index, int64_t elements, const void **data) {
  int is_constant = 0;
  const void *tensor = NULL;
  int64_t dims[MOST_DIMENSIONS], product = 1;
  size_t count = 0;
  TRY(CALL(api, KERNEL_INFO_GET_CONSTANT_INPUT_TENSOR, info, index, &is_constant, &tensor));
  if (!is_constant) return fail(api, INVALID_ARGUMENT, "weights have to be constant");
  TRY(dimensions(api, tensor, dims, &count));
  for (size_t axis = 0; axis < count; axis++) product *= dims[axis];
  if (product != elements) return fail(api, INVALID_ARGUMENT, "weights are of another size than K and N say");
  return CALL(api, GET_TENSOR_MUTABLE_DATA, tensor, data);
}

static Status fill(Api api, const void *info, Kernel *kernel) {
  Weights *w = &kernel->weights;
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_INT64, info, "gated", &kernel->is_gated));
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_INT64, info, "K", &w->inputs));
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_INT64, info, "N", &w->outputs));
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_INT64, info, "block_size", &w->block));
  if (!measure_weights(w)) return fail(api, INVALID_ARGUMENT, "K, N or block_size cannot be used");
  size_t count = 0;
  TRY(CALL(api, KERNEL_INFO_GET_INPUT_COUNT, info, &count));
  const void *values = NULL, *scales = NULL, *zeros = NULL, *bias = NULL;
  TRY(constant(api, info, 1, w->outputs * w->blocks * w->block * w->bits / 8, &values));
  TRY(constant(api, info, 2, w->outputs * w->blocks, &scales));
  if (w->bits == 4) TRY(constant(api, info, 3, w->outputs * ((w->blocks + 1) / 2), &zeros));
  if (w->bits == 8 && count > 3) TRY(constant(api, info, 3, w->outputs, &bias));
  return lay_out_weights(w, values, scales, zeros, bias) ? NULL : fail(api, FAIL, "failed to allocate memory");
}

static void destroy(void *kernel) {
  free_weights(&((Kernel *)kernel)->weights);
  free(kernel);
}

static Status create(Api api, const void *info, int64_t bits, void **made) {
  Kernel *kernel = calloc(1, sizeof *kernel);
  if (kernel == NULL) return fail(api, FAIL, "failed to allocate memory");
  kernel->api = api;
  kernel->weights.bits = bits;
  const Status status = fill(api, info, kernel);
  if (status == NULL) *made = kernel;
  else destroy(kernel);
  return status;
}

/* A product, and how it is divided among threads. */
typedef struct {
  Product product;
  int64_t tasks;
} Run;

static void round_task(void *argument, size_t task) {
  const Run *run = argument;
  const int64_t blocks = run->product.rows * run->product.weights->blocks;
  round_blocks(&run->product, blocks * (int64_t)task / run->tasks, blocks * (int64_t)(task + 1) / run->tasks);
}

static void multiply_task(void *argument, size_t task) {
  const Run *run = argument;
  const int64_t groups = run->product.weights->groups;
  multiply_groups(&run->product, groups * (int64_t)task / run->tasks, groups * (int64_t)(task + 1) / run->tasks);
}

static Status divide(Api api, void *context, void (*task)(void *, size_t), Run *run, int64_t parts) {
  enum { MOST_TASKS = 64 }; /* more than threads, so that one which is held up leaves work to the others */
  run->tasks = parts < 1 ? 1 : parts < MOST_TASKS ? parts : MOST_TASKS;
  if (run->tasks == 1) return task(run, 0), NULL;
  return CALL(api, KERNEL_CONTEXT_PARALLEL_FOR, context, task, (size_t)run->tasks, (size_t)run->tasks, run);
}

static Status compute(void *opaque, void *context) {
  enum { ROUNDED_BY_A_TASK = 8192 }; /* so many that to wake another thread pays */
  const Kernel *kernel = opaque;
  const Weights *w = &kernel->weights;
  const Api api = kernel->api;
  const void *x = NULL;
  void *y = NULL, *input = NULL, *output = NULL;
  int64_t dims[MOST_DIMENSIONS], rows = 1;
  size_t count = 0;
  TRY(CALL(api, KERNEL_CONTEXT_GET_INPUT, context, (size_t)0, &x));
  TRY(dimensions(api, x, dims, &count));
  const int64_t width = w->inputs * (kernel->is_gated ? 2 : 1);
  if (count == 0 || dims[count - 1] != width) return fail(api, INVALID_ARGUMENT, "the last dimension is not what K says");
  for (size_t axis = 0; axis + 1 < count; axis++) rows *= dims[axis];
  dims[count - 1] = w->outputs;
  TRY(CALL(api, KERNEL_CONTEXT_GET_OUTPUT, context, (size_t)0, dims, count, &y));
  if (rows == 0) return NULL;
  TRY(CALL(api, GET_TENSOR_MUTABLE_DATA, x, &input));
  TRY(CALL(api, GET_TENSOR_MUTABLE_DATA, y, &output));
  Run run = {.product = {.weights = w, .x = input, .y = output, .rows = rows, .is_gated = kernel->is_gated != 0}};
  if (!begin_product(&run.product)) return fail(api, FAIL, "failed to allocate memory");
  Status status = divide(api, context, round_task, &run, rows * w->inputs / ROUNDED_BY_A_TASK);
  if (status == NULL) status = divide(api, context, multiply_task, &run, w->groups);
  end_product(&run.product);
  return status;
}

static Status create_block(const CustomOp *op, Api api, const void *info, void **kernel) {
  (void)op;
  return create(api, info, 4, kernel);
}
static Status create_byte(const CustomOp *op, Api api, const void *info, void **kernel) {
  (void)op;
  return create(api, info, 8, kernel);
}
static const char *block_name(const CustomOp *op) { return (void)op, "BlockProduct"; }
static const char *byte_name(const CustomOp *op) { return (void)op, "ByteProduct"; }
static int block_input(const CustomOp *op, size_t index) { return (void)op, index % 2 == 0 ? FLOAT32 : UINT8; }
static int byte_input(const CustomOp *op, size_t index) { return (void)op, index == 1 ? UINT8 : FLOAT32; }
static int required(const CustomOp *op, size_t index) { return (void)op, (void)index, REQUIRED; }
static int all_but_bias(const CustomOp *op, size_t index) { return (void)op, index == 3 ? OPTIONAL : REQUIRED; }
static int float32(const CustomOp *op, size_t index) { return (void)op, (void)index, FLOAT32; }
static int plain_memory(const CustomOp *op, size_t index) { return (void)op, (void)index, 0; }
static const char *processor(const CustomOp *op) { return (void)op, NULL; }
static size_t four(const CustomOp *op) { return (void)op, 4; }
static size_t one(const CustomOp *op) { return (void)op, 1; }
static int first(const CustomOp *op) { return (void)op, 1; }

#define OPERATOR(KIND, CHARACTERISTIC)                                                                       \
  {                                                                                                          \
    .version = CUSTOM_OP_VERSION, .get_name = KIND##_name, .get_execution_provider = processor,              \
    .get_input_type = KIND##_input, .get_input_count = four, .get_output_type = float32,                     \
    .get_output_count = one, .destroy = destroy, .get_input_characteristic = CHARACTERISTIC,                 \
    .get_output_characteristic = required, .get_input_memory = plain_memory,                                 \
    .get_variadic_input_least = first, .get_variadic_input_alike = first,                                    \
    .get_variadic_output_least = first, .get_variadic_output_alike = first, .create_kernel_v2 = create_##KIND, \
    .compute_v2 = compute, .get_first_version = first, .get_last_version = first                             \
  }
const CustomOp block_product_operator = OPERATOR(block, required);
const CustomOp byte_product_operator = OPERATOR(byte, all_but_bias);
