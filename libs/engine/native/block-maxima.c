/* The largest of each 64 values, for the search for the largest of all: called by the engine, not by onnxruntime. */
#include <immintrin.h>
#include <math.h>

#include "operators.h"
#include "weights.h"

enum { BLOCK = 64 };

/* `maxima` [count / 64, rounded down]; a value that is not a number is left out. */
EXPORTED VECTORISED void qwenvl_block_maxima(const float *values, size_t count, float *maxima) {
  for (size_t block = 0; block < count / BLOCK; block++, values += BLOCK) {
    __m512 most = _mm512_set1_ps(-INFINITY);
    for (int i = 0; i < BLOCK; i += LANES) {
      /* Of a number and none the second operand is taken. */
      most = _mm512_max_ps(_mm512_loadu_ps(values + i), most);
    }
    maxima[block] = _mm512_reduce_max_ps(most);
  }
}
