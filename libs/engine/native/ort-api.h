/*
 * The parts of onnxruntime's C interface that the operators use. Functions are taken by their place in the table
 * `OrtApi`, which only ever grows at its end; the release is checked before a session uses this library (api-table.ts).
 */
#ifndef QWENVL_ORT_API_H
#define QWENVL_ORT_API_H

#include <stddef.h>
#include <stdint.h>

/* Version of the table, and of the description of an operator: the first that has all fields below. */
enum { API_VERSION = 30, CUSTOM_OP_VERSION = 17 };

enum {
  CREATE_STATUS = 0,
  CREATE_CUSTOM_OP_DOMAIN = 26,
  CUSTOM_OP_DOMAIN_ADD = 27,
  ADD_CUSTOM_OP_DOMAIN = 28,
  GET_TENSOR_MUTABLE_DATA = 51,
  GET_DIMENSIONS_COUNT = 61,
  GET_DIMENSIONS = 62,
  GET_TENSOR_TYPE_AND_SHAPE = 65,
  KERNEL_INFO_GET_ATTRIBUTE_FLOAT = 85,
  KERNEL_INFO_GET_ATTRIBUTE_INT64 = 86,
  KERNEL_CONTEXT_GET_INPUT = 90,
  KERNEL_CONTEXT_GET_OUTPUT = 91,
  RELEASE_TENSOR_TYPE_AND_SHAPE_INFO = 99,
  KERNEL_INFO_GET_INPUT_COUNT = 230,
  KERNEL_INFO_GET_CONSTANT_INPUT_TENSOR = 249,
  KERNEL_CONTEXT_PARALLEL_FOR = 274
};

/* OrtErrorCode, ONNXTensorElementDataType and OrtCustomOpInputOutputCharacteristic. */
enum { FAIL = 1, INVALID_ARGUMENT = 2 };
enum { FLOAT32 = 1, UINT8 = 2, INT8 = 3, INT32 = 6 };
enum { REQUIRED = 0, OPTIONAL = 1 };

/* NULL where all went well. */
typedef void *Status;
typedef void *const *Api;

typedef struct {
  Api (*get_api)(uint32_t version);
  const char *(*get_version)(void);
} ApiBase;

/* `OrtCustomOp`. */
typedef struct CustomOp CustomOp;
struct CustomOp {
  uint32_t version;
  void *(*create_kernel)(const CustomOp *, Api, const void *);
  const char *(*get_name)(const CustomOp *);
  const char *(*get_execution_provider)(const CustomOp *);
  int (*get_input_type)(const CustomOp *, size_t);
  size_t (*get_input_count)(const CustomOp *);
  int (*get_output_type)(const CustomOp *, size_t);
  size_t (*get_output_count)(const CustomOp *);
  void (*compute)(void *, void *);
  void (*destroy)(void *);
  int (*get_input_characteristic)(const CustomOp *, size_t);
  int (*get_output_characteristic)(const CustomOp *, size_t);
  int (*get_input_memory)(const CustomOp *, size_t);
  int (*get_variadic_input_least)(const CustomOp *);
  int (*get_variadic_input_alike)(const CustomOp *);
  int (*get_variadic_output_least)(const CustomOp *);
  int (*get_variadic_output_alike)(const CustomOp *);
  Status (*create_kernel_v2)(const CustomOp *, Api, const void *info, void **kernel);
  Status (*compute_v2)(void *kernel, void *context);
  Status (*infer_shape)(const CustomOp *, void *);
  int (*get_first_version)(const CustomOp *);
  int (*get_last_version)(const CustomOp *);
};

/* Calls a function that returns a status. */
#define CALL(api, place, ...) ((Status(*)())(api)[place])(__VA_ARGS__)

/* Returns a status that is a failure. */
#define TRY(call)                        \
  do {                                   \
    const Status status_ = (call);       \
    if (status_ != NULL) return status_; \
  } while (0)

static inline Status fail(Api api, int code, const char *message) { return CALL(api, CREATE_STATUS, code, message); }

enum { MOST_DIMENSIONS = 8 };

/* Dimensions of a tensor; `count` is how many, at most MOST_DIMENSIONS. */
static inline Status dimensions(Api api, const void *tensor, int64_t *dims, size_t *count) {
  void *shape = NULL;
  TRY(CALL(api, GET_TENSOR_TYPE_AND_SHAPE, tensor, &shape));
  Status status = CALL(api, GET_DIMENSIONS_COUNT, shape, count);
  if (status == NULL && *count > MOST_DIMENSIONS) status = fail(api, INVALID_ARGUMENT, "too many dimensions");
  if (status == NULL) status = CALL(api, GET_DIMENSIONS, shape, dims, *count);
  ((void (*)(void *))api[RELEASE_TENSOR_TYPE_AND_SHAPE_INFO])(shape);
  return status;
}

#endif
