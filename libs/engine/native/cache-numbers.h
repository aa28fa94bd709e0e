#ifndef QWENVL_CACHE_NUMBERS_H
#define QWENVL_CACHE_NUMBERS_H

#include <immintrin.h>
#include <stdint.h>

#include "weights.h"

/* How keys and values are held: as they are, or rounded to 8 bits, each channel in steps of its own. */
typedef enum { PLAIN = 4, ROUNDED = 1 } NumberBytes;

/* 16 numbers from `at` on. Rounded ones are whole numbers of steps. */
VECTORISED static inline __m512 load_numbers(const void *numbers, int64_t at, NumberBytes bytes) {
  if (bytes == PLAIN) return _mm512_loadu_ps((const float *)numbers + at);
  const __m128i rounded = _mm_loadu_si128((const void *)((const int8_t *)numbers + at));
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(rounded));
}

/* Stores `x` [size], a multiple of 16, in `steps` [size] where it is rounded. */
VECTORISED static inline void store_numbers(const float *x, const float *steps, int64_t size, void *numbers,
                                            NumberBytes bytes) {
  for (int64_t at = 0; at < size; at += LANES) {
    const __m512 value = _mm512_loadu_ps(x + at);
    if (bytes == PLAIN) {
      _mm512_storeu_ps((float *)numbers + at, value);
    } else {
      const __m512 in_a_unit = _mm512_div_ps(_mm512_set1_ps(1), _mm512_loadu_ps(steps + at));
      const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(value, in_a_unit));
      _mm_storeu_si128((void *)((int8_t *)numbers + at), _mm512_cvtsepi32_epi8(whole));
    }
  }
}

#endif
