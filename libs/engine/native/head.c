#include "head.h"

#include <immintrin.h>
#include <math.h>

#include "weights.h"

VECTORISED void place_head(const float *x, const HeadNorm *norm, const float *cos, const float *sin, int64_t size,
                           float *y) {
  __m512 squares = _mm512_setzero_ps();
  for (int64_t i = 0; i < size; i += LANES) {
    const __m512 some = _mm512_loadu_ps(x + i);
    squares = _mm512_fmadd_ps(some, some, squares);
  }
  const __m512 factor = _mm512_set1_ps(1 / sqrtf(_mm512_reduce_add_ps(squares) / (float)size + norm->epsilon));
  const int64_t half = size / 2;
  for (int64_t i = 0; i < half; i += LANES) {
    const __mmask16 mask = first_lanes(half - i);
    __m512 a = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + i), factor);
    __m512 b = _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, x + half + i), factor);
    a = _mm512_mul_ps(a, _mm512_maskz_loadu_ps(mask, norm->scale + i));
    b = _mm512_mul_ps(b, _mm512_maskz_loadu_ps(mask, norm->scale + half + i));
    const __m512 c = _mm512_maskz_loadu_ps(mask, cos + i), s = _mm512_maskz_loadu_ps(mask, sin + i);
    _mm512_mask_storeu_ps(y + i, mask, _mm512_fmsub_ps(a, c, _mm512_mul_ps(b, s)));
    _mm512_mask_storeu_ps(y + half + i, mask, _mm512_fmadd_ps(b, c, _mm512_mul_ps(a, s)));
  }
}
