#ifndef QWENVL_OPERATORS_H
#define QWENVL_OPERATORS_H

#include "ort-api.h"

#define EXPORTED __attribute__((visibility("default")))

/* The operators of the domain `qwenvl`, as onnxruntime is told of them. */
extern const CustomOp attention_operator;
extern const CustomOp rounded_attention_operator;
extern const CustomOp block_product_operator;
extern const CustomOp byte_product_operator;

#endif
