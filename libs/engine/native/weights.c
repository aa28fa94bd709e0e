#include "weights.h"

#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HUGE_PAGE = 2 << 20 };

void *allocate(size_t bytes) {
  void *memory = NULL;
  return posix_memalign(&memory, bytes < HUGE_PAGE ? VECTOR : HUGE_PAGE, bytes) == 0 ? memory : NULL;
}

/*
 * Lets the system put small pages together to large ones in time, which reads a few percent faster. Large ones from the
 * beginning take a virtual machine a second or more to clear after a rest.
 */
static void join_pages(void *memory, size_t bytes) {
  if (bytes >= HUGE_PAGE) madvise(memory, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
}

int measure_weights(Weights *w) {
  const int64_t limit = INT32_MAX / LANES / 2; /* offsets within a group are 32-bit numbers */
  if (w->bits != 4 && w->bits != 8) return 0;
  if (w->inputs < 1 || w->inputs > limit || w->outputs < 1 || w->outputs > limit) return 0;
  if (w->block < LEAST_BLOCK || w->block > LARGEST_BLOCK || w->block % LEAST_BLOCK != 0) return 0;
  w->blocks = (w->inputs + w->block - 1) / w->block;
  w->groups = (w->outputs + LANES - 1) / LANES;
  return 1;
}

/* Whether memory is a file's: constants, which nobody writes to, can be read from it again. */
static int is_mapped_file(uintptr_t from, uintptr_t to) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return 0;
  char line[512];
  int found = 0;
  while (!found && fgets(line, sizeof line, maps) != NULL) {
    unsigned long start, end, inode;
    char rights[5];
    if (sscanf(line, "%lx-%lx %4s %*x %*s %lu", &start, &end, rights, &inode) != 4) continue;
    if (from < start || from >= end) continue;
    found = to <= end && inode != 0 && rights[0] == 'r' ? 1 : -1;
  }
  fclose(maps);
  return found == 1;
}

/* Takes values that were laid out anew out of memory, so that they are not held twice. */
static void leave(const void *start, size_t bytes) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t from = ((uintptr_t)start + page - 1) / page * page;
  const uintptr_t to = ((uintptr_t)start + bytes) / page * page;
  if (to > from && is_mapped_file(from, to)) madvise((void *)from, to - from, MADV_DONTNEED);
}

VECTORISED static void lay_out_values(const Weights *w, const uint8_t *values) {
  const int64_t column = w->blocks * w->block * w->bits / 8;
  const int64_t vectors = column / COLUMN;
  int offsets[LANES];
  for (int lane = 0; lane < LANES; lane++) offsets[lane] = (int)(lane * column);
  const __m512i index = _mm512_loadu_si512(offsets);
  for (int64_t group = 0; group < w->groups; group++) {
    const __mmask16 mask = first_lanes(w->outputs - group * LANES);
    const uint8_t *from = values + group * LANES * column;
    uint8_t *to = w->values + group * vectors * VECTOR;
    for (int64_t vector = 0; vector < vectors; vector++) {
      const __m512i packed =
          _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, index, from + vector * COLUMN, 1);
      _mm512_store_si512((void *)(to + vector * VECTOR), packed);
    }
  }
}

static void lay_out_scales(const Weights *w, const float *scales, const uint8_t *zeros, const float *bias) {
  const int64_t packed = (w->blocks + 1) / 2;
  for (int64_t column = 0; column < w->groups * LANES; column++) {
    const int there = column < w->outputs;
    if (bias != NULL) w->bias[column] = there ? bias[column] : 0;
    for (int64_t block = 0; block < w->blocks; block++) {
      const int64_t to = ((column / LANES) * w->blocks + block) * LANES + column % LANES;
      w->scales[to] = there ? scales[column * w->blocks + block] : 0;
      if (zeros == NULL) continue;
      w->zeros[to] = there ? (zeros[column * packed + block / 2] >> (block % 2 * 4)) & 15 : 0;
    }
  }
}

int lay_out_weights(Weights *w, const uint8_t *values, const float *scales, const uint8_t *zeros, const float *bias) {
  const int64_t columns = w->groups * LANES;
  const int64_t bytes = columns * w->blocks * w->block * w->bits / 8;
  w->values = allocate(bytes);
  w->scales = allocate(columns * w->blocks * sizeof(float));
  if (zeros != NULL) w->zeros = allocate(columns * w->blocks);
  if (bias != NULL) w->bias = allocate(columns * sizeof(float));
  if (!w->values || !w->scales || (zeros && !w->zeros) || (bias && !w->bias)) return 0;
  lay_out_values(w, values);
  lay_out_scales(w, scales, zeros, bias);
  join_pages(w->values, bytes);
  leave(values, w->outputs * w->blocks * w->block * w->bits / 8);
  return 1;
}

void free_weights(Weights *w) {
  free(w->values);
  free(w->scales);
  free(w->zeros);
  free(w->bias);
}
