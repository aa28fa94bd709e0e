#ifndef QWENVL_EXPONENTIAL_H
#define QWENVL_EXPONENTIAL_H

#include <immintrin.h>

#include "weights.h"

/* e^x for x <= 0, to the last bit or the one before: x = n ln 2 + r, and a Taylor polynomial of r. 0 below -87. */
VECTORISED static inline __m512 exponential(__m512 x) {
  const __mmask16 there = _mm512_cmp_ps_mask(x, _mm512_set1_ps(-87), _CMP_GE_OQ);
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), _MM_FROUND_TO_NEAREST_INT);
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693145752f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(1.42860677e-6f), r);
  __m512 sum = _mm512_set1_ps(1.0f / 5040);
  sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1.0f / 720));
  sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1.0f / 120));
  sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1.0f / 24));
  sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1.0f / 6));
  sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(0.5f));
  sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1));
  sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1));
  return _mm512_maskz_scalef_ps(there, sum, n);
}

/* x / (1 + e^-x) (Elfwing et al. 2017, SiLU). */
VECTORISED static inline __m512 silu(__m512 x) {
  const __m512 one = _mm512_set1_ps(1), e = exponential(_mm512_or_ps(x, _mm512_set1_ps(-0.0f)));
  const __mmask16 is_negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
  return _mm512_div_ps(_mm512_mul_ps(x, _mm512_mask_mov_ps(one, is_negative, e)), _mm512_add_ps(one, e));
}

#endif
