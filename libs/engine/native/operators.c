/* The library of operators, as onnxruntime and the engine see it. */
#include "operators.h"

#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST "unknown"
#endif

/* By this a test knows that the library was built from its sources. */
EXPORTED const char qwenvl_source_digest[] = "source:" SOURCE_DIGEST;

/* 1 where the processor has what the kernels take. */
EXPORTED int qwenvl_supported(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}

/* What onnxruntime calls when it is told to use this library for a session; from one thread at a time. */
EXPORTED Status RegisterCustomOps(void *options, const ApiBase *base) {
  static void *domain; /* for as long as the library is loaded: sessions refer to it */
  const Api api = base->get_api(API_VERSION);
  if (domain == NULL) {
    void *made = NULL;
    TRY(CALL(api, CREATE_CUSTOM_OP_DOMAIN, "qwenvl", &made));
    TRY(CALL(api, CUSTOM_OP_DOMAIN_ADD, made, &attention_operator));
    TRY(CALL(api, CUSTOM_OP_DOMAIN_ADD, made, &rounded_attention_operator));
    TRY(CALL(api, CUSTOM_OP_DOMAIN_ADD, made, &block_product_operator));
    TRY(CALL(api, CUSTOM_OP_DOMAIN_ADD, made, &byte_product_operator));
    domain = made;
  }
  return CALL(api, ADD_CUSTOM_OP_DOMAIN, options, domain);
}
