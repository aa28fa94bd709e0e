#ifndef QWENVL_AHEAD_H
#define QWENVL_AHEAD_H

#include <immintrin.h>
#include <stdint.h>

#include "weights.h"

/*
 * Memory that is asked for beside other work, so many bytes at each of its steps: evenly, since a burst holds up what
 * waits for it, and memory is idle afterwards. It need not be there.
 */
typedef struct {
  const char *from;
  int64_t step;
} Ahead;

/* Asks for what belongs to step `at`. */
VECTORISED INLINED static inline void ask_ahead(Ahead ahead, int64_t at) {
  for (int64_t byte = 0; byte < ahead.step; byte += VECTOR) {
    _mm_prefetch(ahead.from + at * ahead.step + byte, _MM_HINT_T1);
  }
}

#endif
