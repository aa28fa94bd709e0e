#ifndef QWENVL_HEAD_H
#define QWENVL_HEAD_H

#include <stdint.h>

/* Numbers of a head at most. */
enum { LARGEST_HEAD = 512 };

/* What queries, or keys, go through before they meet. */
typedef struct {
  const float *scale; /* [size], of the RMS norm over a head */
  float epsilon;
} HeadNorm;

/*
 * Brings a head to its norm, and turns its halves against each other by the angles of its place (Su et al. 2021,
 * RoFormer): `x` and `y` [size], a multiple of 16, may be the same; `cos` and `sin` [size / 2].
 */
void place_head(const float *x, const HeadNorm *norm, const float *cos, const float *sin, int64_t size, float *y);

#endif
