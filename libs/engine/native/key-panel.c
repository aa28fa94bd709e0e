#include "key-panel.h"

#include <immintrin.h>

/* Halves of two vectors, by quarters: the first two of each, or the last two. */
#define FIRST_QUARTERS 0x44
#define LAST_QUARTERS 0xee
#define EVEN_QUARTERS 0x88
#define ODD_QUARTERS 0xdd

/* Turns 16 numbers of each of 16 keys so that a vector holds one number of all of them. */
VECTORISED static inline void turn(const void *const *keys, NumberBytes bytes, int64_t at, float *panel) {
  __m512 x[LANES];
  __m512d pairs[LANES], fours[LANES];
  _Pragma("GCC unroll 16") for (int key = 0; key < LANES; key++) x[key] = load_numbers(keys[key], at, bytes);
  _Pragma("GCC unroll 8") for (int key = 0; key < LANES; key += 2) {
    pairs[key] = _mm512_castps_pd(_mm512_unpacklo_ps(x[key], x[key + 1]));
    pairs[key + 1] = _mm512_castps_pd(_mm512_unpackhi_ps(x[key], x[key + 1]));
  }
  _Pragma("GCC unroll 4") for (int key = 0; key < LANES; key += 4) {
    _Pragma("GCC unroll 2") for (int high = 0; high < 2; high++) {
      fours[key + 2 * high] = _mm512_unpacklo_pd(pairs[key + high], pairs[key + high + 2]);
      fours[key + 2 * high + 1] = _mm512_unpackhi_pd(pairs[key + high], pairs[key + high + 2]);
    }
  }
  /* Quarter q of fours[4 g + i] holds number 4 q + i of keys 4 g to 4 g + 3. */
  _Pragma("GCC unroll 4") for (int i = 0; i < 4; i++) {
    const __m512 a = _mm512_castpd_ps(fours[i]), b = _mm512_castpd_ps(fours[4 + i]);
    const __m512 c = _mm512_castpd_ps(fours[8 + i]), d = _mm512_castpd_ps(fours[12 + i]);
    const __m512 first_ab = _mm512_shuffle_f32x4(a, b, FIRST_QUARTERS);
    const __m512 first_cd = _mm512_shuffle_f32x4(c, d, FIRST_QUARTERS);
    const __m512 last_ab = _mm512_shuffle_f32x4(a, b, LAST_QUARTERS);
    const __m512 last_cd = _mm512_shuffle_f32x4(c, d, LAST_QUARTERS);
    _mm512_store_ps(panel + i * PANEL, _mm512_shuffle_f32x4(first_ab, first_cd, EVEN_QUARTERS));
    _mm512_store_ps(panel + (4 + i) * PANEL, _mm512_shuffle_f32x4(first_ab, first_cd, ODD_QUARTERS));
    _mm512_store_ps(panel + (8 + i) * PANEL, _mm512_shuffle_f32x4(last_ab, last_cd, EVEN_QUARTERS));
    _mm512_store_ps(panel + (12 + i) * PANEL, _mm512_shuffle_f32x4(last_ab, last_cd, ODD_QUARTERS));
  }
}

/* Inlined for either kind of numbers. */
VECTORISED __attribute__((always_inline)) static inline void lay_out(const char *keys, NumberBytes bytes, int64_t there,
                                                                     int64_t size, float *panel, Ahead ahead) {
  for (int64_t first = 0; first < PANEL; first += LANES) {
    const void *key[LANES];
    for (int64_t k = 0; k < LANES; k++) key[k] = keys + (first + k < there ? first + k : there - 1) * size * bytes;
    for (int64_t at = 0; at < size; at += LANES) {
      turn(key, bytes, at, panel + at * PANEL + first);
      ask_ahead(ahead, (first * size / LANES + at) / LANES);
    }
  }
}

VECTORISED void lay_out_keys(const void *keys, NumberBytes bytes, int64_t there, int64_t size, float *panel,
                             Ahead ahead) {
  if (bytes == PLAIN) lay_out(keys, PLAIN, there, size, panel, ahead);
  else lay_out(keys, ROUNDED, there, size, panel, ahead);
}
