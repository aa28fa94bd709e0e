#include "product.h"

#include <immintrin.h>
#include <stdlib.h>

#include "exponential.h"

/* Below it 127 / x is no longer a number. */
#define LEAST 1e-30f

enum {
  MOST_ROWS = 8,
  /* Bytes ahead at which weights are asked into the second cache, and from there into the first. */
  FAR_AHEAD = 6144,
  NEAR_AHEAD = 512,
  /* What is read again for each eight rows: half of a small second-level cache. */
  PANEL = 128 << 10
};

int begin_product(Product *p) {
  const Weights *w = p->weights;
  p->columns = w->blocks * w->block;
  p->rounded = allocate(p->rows * (p->columns + w->blocks * (sizeof *p->steps + sizeof *p->sums)));
  if (p->rounded == NULL) return 0;
  p->steps = (float *)(p->rounded + p->rows * p->columns);
  p->sums = (int32_t *)(p->steps + p->rows * w->blocks);
  return 1;
}

void end_product(Product *p) { free(p->rounded); }

/* Activations of a block, `count` of them, filled up with zeros to `block`. */
VECTORISED static void take_block(const Product *p, int64_t row, int64_t first, int64_t count, float *taken) {
  const int64_t inputs = p->weights->inputs;
  const float *x = p->x + row * inputs * (p->is_gated ? 2 : 1) + first;
  for (int64_t i = 0; i < p->weights->block; i += LANES) {
    const __mmask16 mask = first_lanes(count - i);
    __m512 some = _mm512_maskz_loadu_ps(mask, x + i);
    if (p->is_gated) some = _mm512_mul_ps(silu(some), _mm512_maskz_loadu_ps(mask, x + inputs + i));
    _mm512_store_ps(taken + i, some);
  }
}

VECTORISED static void round_block(const Product *p, int64_t row, int64_t block, __m128i order) {
  const Weights *w = p->weights;
  const int64_t first = block * w->block;
  float x[LARGEST_BLOCK] __attribute__((aligned(VECTOR)));
  take_block(p, row, first, w->inputs - first, x);
  __m512 largest = _mm512_setzero_ps();
  for (int64_t i = 0; i < w->block; i += LANES) largest = _mm512_max_ps(largest, _mm512_abs_ps(_mm512_load_ps(x + i)));
  const float top = _mm512_reduce_max_ps(largest);
  const __m512 scale = _mm512_set1_ps(top > LEAST ? 127 / top : 0);
  __m512i sum = _mm512_setzero_si512();
  for (int64_t i = 0; i < w->block; i += LANES) {
    const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_load_ps(x + i), scale));
    sum = _mm512_add_epi32(sum, whole);
    const __m128i bytes = _mm_shuffle_epi8(_mm512_cvtsepi32_epi8(whole), order);
    _mm_storeu_si128((void *)(p->rounded + row * p->columns + first + i), bytes);
  }
  p->steps[row * w->blocks + block] = top / 127;
  p->sums[row * w->blocks + block] = _mm512_reduce_add_epi32(sum);
}

VECTORISED void round_blocks(const Product *p, int64_t from, int64_t to) {
  const __m128i plain = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i even_first = _mm_setr_epi8(0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15);
  const __m128i order = p->weights->bits == 4 ? even_first : plain;
  const int64_t blocks = p->weights->blocks;
  for (int64_t at = from; at < to; at++) round_block(p, at / blocks, at % blocks, order);
}

/*
 * The processor foresees what is read for one row, which is bound by reading. More rows keep it busy for so long that
 * it asks too late; those after the first few find a panel in the second cache. To ask beyond the end does no harm.
 */
VECTORISED INLINED static inline void ask_values(const uint8_t *values) {
  _mm_prefetch((const char *)values + FAR_AHEAD, _MM_HINT_T1);
  _mm_prefetch((const char *)values + NEAR_AHEAD, _MM_HINT_T0);
}

VECTORISED INLINED static inline void ask_scales(const Weights *w, int64_t at, int64_t vectors) {
  const int64_t later = at + (FAR_AHEAD / (vectors * VECTOR) + 1) * LANES;
  _mm_prefetch((const char *)(w->scales + later), _MM_HINT_T1);
  if (w->zeros != NULL) _mm_prefetch((const char *)(w->zeros + later), _MM_HINT_T1);
}

/*
 * ROWS rows from `row` on times the columns of a group: a lane is a column, so that sums of whole numbers are scaled
 * once for each block, and nothing is added across lanes.
 */
#define TILE(BITS, ROWS)                                                                                             \
  VECTORISED static void tile_##BITS##_##ROWS(const Product *p, int64_t row, int64_t group) {                        \
    const Weights *w = p->weights;                                                                                   \
    const int64_t blocks = w->blocks, vectors = block_vectors(w);                                                    \
    const int asks = ROWS > 1 && row == 0;                                                                           \
    const __m512i low = _mm512_set1_epi8(15);                                                                        \
    const uint8_t *values = w->values + group * blocks * vectors * VECTOR;                                           \
    __m512 total[ROWS];                                                                                              \
    for (int r = 0; r < ROWS; r++) total[r] = _mm512_setzero_ps();                                                   \
    for (int64_t block = 0; block < blocks; block++) {                                                               \
      __m512i sum[ROWS];                                                                                             \
      for (int r = 0; r < ROWS; r++) sum[r] = _mm512_setzero_si512();                                                \
      const int8_t *x = p->rounded + row * p->columns + block * w->block;                                            \
      for (int64_t vector = 0; vector < vectors; vector++, values += VECTOR, x += COLUMN * 8 / BITS) {               \
        const __m512i packed = _mm512_load_si512(values);                                                            \
        if (asks) ask_values(values);                                                                                \
        const __m512i first = BITS == 8 ? packed : _mm512_and_si512(packed, low);                                    \
        const __m512i second = _mm512_and_si512(_mm512_srli_epi16(packed, 4), low);                                  \
        _Pragma("GCC unroll 8") for (int r = 0; r < ROWS; r++) {                                                     \
          const int32_t *four = (const int32_t *)(x + r * p->columns);                                               \
          sum[r] = _mm512_dpbusd_epi32(sum[r], first, _mm512_set1_epi32(four[0]));                                   \
          if (BITS == 4) sum[r] = _mm512_dpbusd_epi32(sum[r], second, _mm512_set1_epi32(four[1]));                   \
        }                                                                                                            \
      }                                                                                                              \
      const int64_t at = (group * blocks + block) * LANES;                                                           \
      if (asks) ask_scales(w, at, vectors);                                                                          \
      const __m512 scales = _mm512_load_ps(w->scales + at);                                                          \
      const __m512i zeros = BITS == 8 ? _mm512_set1_epi32(128)                                                       \
                                      : _mm512_cvtepu8_epi32(_mm_load_si128((const void *)(w->zeros + at)));         \
      _Pragma("GCC unroll 8") for (int r = 0; r < ROWS; r++) {                                                       \
        const int64_t of = (row + r) * blocks + block;                                                               \
        const __m512i shift = _mm512_mullo_epi32(zeros, _mm512_set1_epi32(p->sums[of]));                             \
        const __m512 exact = _mm512_cvtepi32_ps(_mm512_sub_epi32(sum[r], shift));                                    \
        total[r] = _mm512_fmadd_ps(exact, _mm512_mul_ps(scales, _mm512_set1_ps(p->steps[of])), total[r]);            \
      }                                                                                                              \
    }                                                                                                                \
    const __m512 bias = w->bias == NULL ? _mm512_setzero_ps() : _mm512_load_ps(w->bias + group * LANES);             \
    const __mmask16 mask = first_lanes(w->outputs - group * LANES);                                                  \
    float *y = p->y + row * w->outputs + group * LANES;                                                              \
    for (int r = 0; r < ROWS; r++) {                                                                                 \
      _mm512_mask_storeu_ps(y + r * w->outputs, mask, _mm512_add_ps(total[r], bias));                                \
    }                                                                                                                \
  }

#define TILES(BITS) \
  TILE(BITS, 1) TILE(BITS, 2) TILE(BITS, 3) TILE(BITS, 4) TILE(BITS, 5) TILE(BITS, 6) TILE(BITS, 7) TILE(BITS, 8)
TILES(4)
TILES(8)

typedef void (*Tile)(const Product *, int64_t row, int64_t group);

#define ROW_OF_TILES(BITS)                                                                           \
  {                                                                                                  \
    tile_##BITS##_1, tile_##BITS##_2, tile_##BITS##_3, tile_##BITS##_4, tile_##BITS##_5,             \
        tile_##BITS##_6, tile_##BITS##_7, tile_##BITS##_8                                            \
  }
static const Tile tiles[2][MOST_ROWS] = {ROW_OF_TILES(4), ROW_OF_TILES(8)};

void multiply_groups(const Product *p, int64_t from, int64_t to) {
  const Weights *w = p->weights;
  const Tile *of_bits = tiles[w->bits == 8];
  const int64_t fitting = PANEL / (w->blocks * block_vectors(w) * VECTOR);
  const int64_t panel = fitting > 1 ? fitting : 1;
  for (int64_t first = from; first < to; first += panel) {
    const int64_t end = first + panel < to ? first + panel : to;
    for (int64_t row = 0; row < p->rows; row += MOST_ROWS) {
      const int64_t left = p->rows - row;
      const Tile tile = of_bits[(left < MOST_ROWS ? left : MOST_ROWS) - 1];
      for (int64_t group = first; group < end; group++) tile(p, row, group);
    }
  }
}
