/*
 * Attention(projected, cos, sin, query_scale, key_scale, past_key, past_value, seqlens_k, total_sequence_length) takes
 * queries, keys and values side by side [batch, tokens, (heads + 2 kv_heads) size], as one product gives them. Heads of
 * queries and keys are brought to their RMS norm (scales [size], attribute epsilon) and turned by the angles of their
 * places (cos and sin [batch, tokens, size / 2], halves against each other). The rest is GroupQueryAttention of
 * com.microsoft with its attributes num_heads, kv_num_heads and scale, over a cache of f32. It gives the output and the
 * keys and values; it appends to them in place where those it is given and those it gives are the same memory.
 *
 * RoundedAttention(…, key_steps, value_steps) is the same over a cache of 8 bits with what a step is worth for each
 * channel [1, kv_heads, 1, size].
 */
#include <stdlib.h>

#include "attention.h"
#include "operators.h"

enum { PLAIN_INPUTS = 9, ROUNDED_INPUTS = 11, OUTPUTS = 3 };

typedef struct {
  Api api;
  int64_t heads;
  int64_t kv_heads;
  float scale;
  float epsilon;
  NumberBytes bytes;
} Kernel;

static Status read_attributes(Api api, const void *info, Kernel *kernel) {
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_INT64, info, "num_heads", &kernel->heads));
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_INT64, info, "kv_num_heads", &kernel->kv_heads));
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_FLOAT, info, "scale", &kernel->scale));
  TRY(CALL(api, KERNEL_INFO_GET_ATTRIBUTE_FLOAT, info, "epsilon", &kernel->epsilon));
  if (kernel->kv_heads < 1 || kernel->heads < 1 || kernel->heads % kernel->kv_heads != 0 || !(kernel->scale > 0)) {
    return fail(api, INVALID_ARGUMENT, "num_heads, kv_num_heads or scale cannot be used");
  }
  return NULL;
}

static Status create(Api api, const void *info, NumberBytes bytes, void **made) {
  Kernel *kernel = calloc(1, sizeof *kernel);
  if (kernel == NULL) return fail(api, FAIL, "failed to allocate memory");
  kernel->api = api;
  kernel->bytes = bytes;
  const Status status = read_attributes(api, info, kernel);
  if (status == NULL) *made = kernel;
  else free(kernel);
  return status;
}

/* An input's data and dimensions, which have to be so many. */
static Status input(Api api, void *context, size_t index, const void **data, int64_t *dims, size_t rank) {
  const void *tensor = NULL;
  size_t count = 0;
  TRY(CALL(api, KERNEL_CONTEXT_GET_INPUT, context, index, &tensor));
  TRY(dimensions(api, tensor, dims, &count));
  if (count != rank) return fail(api, INVALID_ARGUMENT, "an input has another number of dimensions");
  return CALL(api, GET_TENSOR_MUTABLE_DATA, tensor, data);
}

static Status output(Api api, void *context, size_t index, const int64_t *dims, size_t rank, void **data) {
  void *tensor = NULL;
  TRY(CALL(api, KERNEL_CONTEXT_GET_OUTPUT, context, index, dims, rank, &tensor));
  return CALL(api, GET_TENSOR_MUTABLE_DATA, tensor, data);
}

/* Fills in what a run is given, and checks that it belongs together. */
static Status take(const Kernel *kernel, void *context, Attention *a) {
  const Api api = kernel->api;
  int64_t projected[3], cos[3], sin[3], scales[2][1], past_key[4], past_value[4], last[1], total[1], steps[2][4];
  const int32_t *longest = NULL;
  TRY(input(api, context, 0, (const void **)&a->projected, projected, 3));
  TRY(input(api, context, 1, (const void **)&a->cos, cos, 3));
  TRY(input(api, context, 2, (const void **)&a->sin, sin, 3));
  TRY(input(api, context, 3, (const void **)&a->query_norm.scale, scales[0], 1));
  TRY(input(api, context, 4, (const void **)&a->key_norm.scale, scales[1], 1));
  TRY(input(api, context, 5, &a->past_key, past_key, 4));
  TRY(input(api, context, 6, &a->past_value, past_value, 4));
  TRY(input(api, context, 7, (const void **)&a->last, last, 1));
  TRY(input(api, context, 8, (const void **)&longest, total, 1));
  const int64_t heads = a->heads + 2 * a->kv_heads;
  a->batch = projected[0];
  a->tokens = projected[1];
  a->size = projected[2] / heads;
  a->past_room = past_key[2];
  int fits = a->size * heads == projected[2] && a->size % 16 == 0 && a->size >= 16 && a->size <= LARGEST_HEAD;
  fits = fits && last[0] == a->batch && total[0] == 1 && scales[0][0] == a->size && scales[1][0] == a->size;
  for (int axis = 0; axis < 4; axis++) fits = fits && past_key[axis] == past_value[axis];
  for (int axis = 0; axis < 3; axis++) fits = fits && cos[axis] == sin[axis];
  fits = fits && cos[0] == a->batch && cos[1] == a->tokens && 2 * cos[2] == a->size;
  fits = fits && past_key[0] == a->batch && past_key[1] == a->kv_heads && past_key[3] == a->size;
  if (a->bytes == ROUNDED) {
    TRY(input(api, context, 9, (const void **)&a->key_steps, steps[0], 4));
    TRY(input(api, context, 10, (const void **)&a->value_steps, steps[1], 4));
    for (int i = 0; i < 2; i++) {
      fits = fits && steps[i][0] * steps[i][2] == 1 && steps[i][1] == a->kv_heads && steps[i][3] == a->size;
    }
  }
  if (!fits) return fail(api, INVALID_ARGUMENT, "the inputs of an attention do not belong together");
  a->room = a->past_room > *longest ? a->past_room : *longest;
  for (int64_t sequence = 0; sequence < a->batch; sequence++) {
    const int64_t length = (int64_t)a->last[sequence] + 1;
    if (length < a->tokens || length > a->room || length - a->tokens > a->past_room) {
      return fail(api, INVALID_ARGUMENT, "seqlens_k names tokens that there is no room for");
    }
  }
  const int64_t present[4] = {a->batch, a->kv_heads, a->room, a->size};
  const int64_t attended[3] = {a->batch, a->tokens, a->heads * a->size};
  TRY(output(api, context, 0, attended, 3, (void **)&a->y));
  TRY(output(api, context, 1, present, 4, &a->key));
  return output(api, context, 2, present, 4, &a->value);
}

typedef struct {
  Attention attention;
  int failed;
} Run;

static void append_task(void *argument, size_t pair) { append_tokens(&((Run *)argument)->attention, (int64_t)pair); }

static void attend_task(void *argument, size_t task) {
  Run *run = argument;
  const int64_t parts = parts_of_tokens(&run->attention), pair = (int64_t)task / parts;
  if (parts == 1) append_tokens(&run->attention, pair);
  if (attend(&run->attention, pair, (int64_t)task % parts)) return;
  __atomic_store_n(&run->failed, 1, __ATOMIC_RELAXED);
}

static Status compute(void *opaque, void *context) {
  const Kernel *kernel = opaque;
  const Api api = kernel->api;
  Run run = {0};
  run.attention.heads = kernel->heads;
  run.attention.kv_heads = kernel->kv_heads;
  run.attention.scale = kernel->scale;
  run.attention.query_norm.epsilon = run.attention.key_norm.epsilon = kernel->epsilon;
  run.attention.bytes = kernel->bytes;
  TRY(take(kernel, context, &run.attention));
  const size_t pairs = (size_t)(run.attention.batch * run.attention.kv_heads);
  if (pairs == 0 || run.attention.tokens == 0) return NULL;
  const size_t parts = (size_t)parts_of_tokens(&run.attention), tasks = pairs * parts;
  /* Parts of a pair see each other's keys, so that all have to be there; a single one sees to its own. */
  if (parts > 1) TRY(CALL(api, KERNEL_CONTEXT_PARALLEL_FOR, context, append_task, pairs, pairs, &run));
  TRY(CALL(api, KERNEL_CONTEXT_PARALLEL_FOR, context, attend_task, tasks, tasks, &run));
  return run.failed ? fail(api, FAIL, "failed to allocate memory") : NULL;
}

static Status create_plain(const CustomOp *op, Api api, const void *info, void **made) {
  (void)op;
  return create(api, info, PLAIN, made);
}
static Status create_rounded(const CustomOp *op, Api api, const void *info, void **made) {
  (void)op;
  return create(api, info, ROUNDED, made);
}
static const char *plain_name(const CustomOp *op) { return (void)op, "Attention"; }
static const char *rounded_name(const CustomOp *op) { return (void)op, "RoundedAttention"; }
static const char *processor(const CustomOp *op) { return (void)op, NULL; }
static int plain_input(const CustomOp *op, size_t index) { return (void)op, index < 7 ? FLOAT32 : INT32; }
static int rounded_input(const CustomOp *op, size_t index) {
  return (void)op, index == 5 || index == 6 ? INT8 : index == 7 || index == 8 ? INT32 : FLOAT32;
}
static int plain_output(const CustomOp *op, size_t index) { return (void)op, (void)index, FLOAT32; }
static int rounded_output(const CustomOp *op, size_t index) { return (void)op, index == 0 ? FLOAT32 : INT8; }
static size_t plain_inputs(const CustomOp *op) { return (void)op, PLAIN_INPUTS; }
static size_t rounded_inputs(const CustomOp *op) { return (void)op, ROUNDED_INPUTS; }
static size_t outputs(const CustomOp *op) { return (void)op, OUTPUTS; }
static int required(const CustomOp *op, size_t index) { return (void)op, (void)index, REQUIRED; }
static int plain_memory(const CustomOp *op, size_t index) { return (void)op, (void)index, 0; }
static int first(const CustomOp *op) { return (void)op, 1; }

#define OPERATOR(KIND)                                                                                       \
  {                                                                                                          \
    .version = CUSTOM_OP_VERSION, .get_name = KIND##_name, .get_execution_provider = processor,              \
    .get_input_type = KIND##_input, .get_input_count = KIND##_inputs, .get_output_type = KIND##_output,      \
    .get_output_count = outputs, .destroy = free, .get_input_characteristic = required,                      \
    .get_output_characteristic = required, .get_input_memory = plain_memory,                                 \
    .get_variadic_input_least = first, .get_variadic_input_alike = first,                                    \
    .get_variadic_output_least = first, .get_variadic_output_alike = first, .create_kernel_v2 = create_##KIND, \
    .compute_v2 = compute, .get_first_version = first, .get_last_version = first                             \
  }
const CustomOp attention_operator = OPERATOR(plain);
const CustomOp rounded_attention_operator = OPERATOR(rounded);
