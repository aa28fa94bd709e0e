#ifndef QWENVL_PRODUCT_H
#define QWENVL_PRODUCT_H

#include "weights.h"

/*
 * Rows of activations times weights. Each row is rounded to 8 bits, with one scale for each block. What a row gives is
 * the same to the last bit whatever rows are computed beside it.
 */
typedef struct {
  const Weights *weights;
  const float *x; /* [rows, inputs], or [rows, 2, inputs] where they are gated */
  float *y;       /* [rows, outputs] */
  int64_t rows;
  int is_gated;    /* activations are SiLU of the first of x times the second (Shazeer 2020, SwiGLU) */
  int64_t columns; /* of a rounded row: whole blocks */
  int8_t *rounded; /* [rows, columns], in the order in which vectors of weights hold them */
  float *steps;    /* [rows, blocks]: what one of a rounded number is worth */
  int32_t *sums;   /* [rows, blocks]: of the rounded numbers */
} Product;

/* Makes room for rounded rows. 0 where memory does not suffice. */
int begin_product(Product *p);

/* Rounds blocks [from, to) of all rows', one row after the other. */
void round_blocks(const Product *p, int64_t from, int64_t to);

/* Computes the columns of groups [from, to) for all rows, whose blocks have to be rounded. */
void multiply_groups(const Product *p, int64_t from, int64_t to);

void end_product(Product *p);

#endif
