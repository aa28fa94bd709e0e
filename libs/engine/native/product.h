#ifndef QWENVL_PRODUCT_H
#define QWENVL_PRODUCT_H

#include "weights.h"

/*
 * Rows of activations times weights. Each row is rounded to 8 bits, with one scale for each block. What a row gives is
 * the same to the last bit whatever rows are computed beside it.
 */
typedef struct {
  const Weights *weights;
  const float *x; /* [rows, inputs] */
  float *y;       /* [rows, outputs] */
  int64_t rows;
  int64_t columns; /* of a rounded row: whole blocks */
  int8_t *rounded; /* [rows, columns], in the order in which vectors of weights hold them */
  float *steps;    /* [rows, blocks]: what one of a rounded number is worth */
  int32_t *sums;   /* [rows, blocks]: of the rounded numbers */
} Product;

/* Makes room for rounded rows. 0 where memory does not suffice. */
int begin_product(Product *p);

/* Rounds rows [from, to). */
void round_rows(const Product *p, int64_t from, int64_t to);

/* Computes the columns of groups [from, to) for all rows, which have to be rounded. */
void multiply_groups(const Product *p, int64_t from, int64_t to);

void end_product(Product *p);

#endif
