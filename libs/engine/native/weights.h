#ifndef QWENVL_WEIGHTS_H
#define QWENVL_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

/* What the functions that are compiled for AVX-512 need of a processor; see qwenvl_supported. */
#define VECTORISED __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

/* For what does nothing but ask for memory: GCC drops calls of such a function. */
#define INLINED __attribute__((always_inline))

/* Columns in a vector, bytes of a vector, and bytes of each column in it. */
enum { LANES = 16, VECTOR = 64, COLUMN = VECTOR / LANES };

/* Inputs that share a scale. */
enum { LEAST_BLOCK = 16, LARGEST_BLOCK = 256 };

/*
 * A matrix [outputs, inputs] of 4 or 8 bits in blocks of inputs, laid out for products: 16 columns side by side. The
 * next vector holds the following inputs of the same columns; with 8 bits four of each, with 4 bits eight, the even
 * ones low and the odd ones high.
 */
typedef struct {
  int64_t inputs;
  int64_t outputs;
  int64_t bits;
  int64_t block;   /* inputs that share a scale */
  int64_t blocks;  /* of a column; the last one may be filled up */
  int64_t groups;  /* of 16 columns; the last one may be filled up */
  uint8_t *values; /* [groups, blocks, vectors of a block, LANES, COLUMN] */
  float *scales;   /* [groups, blocks, LANES] */
  uint8_t *zeros;  /* with 4 bits: what stands for 0, [groups, blocks, LANES] */
  float *bias;     /* [groups, LANES], or NULL */
} Weights;

/* Vectors of one block of a group. */
static inline int64_t block_vectors(const Weights *w) { return w->block * w->bits / 8 / COLUMN; }

/* The first lanes of a vector, where so many are left. */
static inline uint16_t first_lanes(int64_t left) { return left >= LANES ? 0xffff : left <= 0 ? 0 : (1u << left) - 1; }

/* 1 when the sizes can be used: then `blocks` and `groups` are set. */
int measure_weights(Weights *w);

/*
 * Lays out tensors as MatMulNBits takes them: values u8 [outputs, blocks, block * bits / 8], scales [outputs, blocks],
 * zeros u8 [outputs, blocks / 2 rounded up] with 4 bits, bias [outputs] or NULL. 0 where memory does not suffice.
 */
int lay_out_weights(Weights *w, const uint8_t *values, const float *scales, const uint8_t *zeros, const float *bias);

void free_weights(Weights *w);

/* Memory whose start lies as vectors need it, and large pages where it is large; NULL where there is none. */
void *allocate(size_t bytes);

#endif
