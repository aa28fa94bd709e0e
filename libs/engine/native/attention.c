#include "attention.h"

#include <immintrin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ahead.h"
#include "exponential.h"
#include "key-panel.h"
#include "weights.h"

enum {
  /* Rows, which are heads times tokens, that keys are laid out for at once. */
  MOST_ROWS = 64,
  /* Keys whose scores become shares together. Blocks begin at the same places for all rows: their bits rest on it. */
  BLOCK = 4 * PANEL,
  SCORE_ROWS = 8,
  VALUE_ROWS = 4,
  VALUE_VECTORS = 4
};

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t group_of(const Attention *a) { return a->heads / a->kv_heads; }

static int64_t tokens_of_part(const Attention *a) {
  const int64_t tokens = MOST_ROWS / group_of(a);
  return tokens > 1 ? tokens : 1;
}

int64_t parts_of_tokens(const Attention *a) {
  const int64_t tokens = tokens_of_part(a);
  return (a->tokens + tokens - 1) / tokens;
}

/* A head of a token as it comes: queries' first, then keys', then values'. */
static const float *head_of(const Attention *a, int64_t sequence, int64_t token, int64_t head) {
  return a->projected + ((sequence * a->tokens + token) * (a->heads + 2 * a->kv_heads) + head) * a->size;
}

static void place(const Attention *a, int64_t sequence, int64_t token, int64_t head, const HeadNorm *norm, float *to) {
  const int64_t angles = (sequence * a->tokens + token) * (a->size / 2);
  place_head(head_of(a, sequence, token, head), norm, a->cos + angles, a->sin + angles, a->size, to);
}

/* Brings what a pair has of before to where its keys or values are, if that is elsewhere. */
static void bring(const Attention *a, int64_t pair, int64_t before, const void *past, void *all) {
  const int64_t bytes = a->size * a->bytes;
  if (past == all) return;
  memcpy((char *)all + pair * a->room * bytes, (const char *)past + pair * a->past_room * bytes, before * bytes);
}

void append_tokens(const Attention *a, int64_t pair) {
  const int64_t sequence = pair / a->kv_heads, head = pair % a->kv_heads;
  const int64_t before = a->last[sequence] + 1 - a->tokens, bytes = a->size * a->bytes;
  const int64_t to = (pair * a->room + before) * bytes;
  const float *key_steps = a->bytes == PLAIN ? NULL : a->key_steps + head * a->size;
  const float *value_steps = a->bytes == PLAIN ? NULL : a->value_steps + head * a->size;
  bring(a, pair, before, a->past_key, a->key);
  bring(a, pair, before, a->past_value, a->value);
  for (int64_t token = 0; token < a->tokens; token++) {
    float key[LARGEST_HEAD];
    place(a, sequence, token, a->heads + head, &a->key_norm, key);
    const float *value = head_of(a, sequence, token, a->heads + a->kv_heads + head);
    store_numbers(key, key_steps, a->size, (char *)a->key + to + token * bytes, a->bytes);
    store_numbers(value, value_steps, a->size, (char *)a->value + to + token * bytes, a->bytes);
  }
}

/* A head of a token, and how far it has attended. */
typedef struct {
  const float *query;
  float *scores;    /* [BLOCK], of one block of keys; then their shares */
  float *y;         /* values by their shares, which are divided by their sum at the end */
  int64_t seen;     /* keys that it sees */
  float top;        /* largest score so far, which a share of 1 stands for */
  float sum[LANES]; /* of shares */
} Row;

/* Scores of ROWS rows with the keys of a panel. */
#define SCORES(ROWS)                                                                                           \
  VECTORISED static void scores_##ROWS(const Row *rows, const float *panel, int64_t size, int64_t to,          \
                                       Ahead ahead) {                                                          \
    __m512 sum[ROWS][2];                                                                                       \
    const float *query[ROWS];                                                                                  \
    for (int r = 0; r < ROWS; r++) {                                                                           \
      sum[r][0] = sum[r][1] = _mm512_setzero_ps();                                                             \
      query[r] = rows[r].query;                                                                                \
    }                                                                                                          \
    for (int64_t at = 0; at < size; at++, panel += PANEL) {                                                    \
      ask_ahead(ahead, at);                                                                                    \
      const __m512 low = _mm512_load_ps(panel), high = _mm512_load_ps(panel + LANES);                          \
      _Pragma("GCC unroll 8") for (int r = 0; r < ROWS; r++) {                                                 \
        const __m512 x = _mm512_set1_ps(query[r][at]);                                                         \
        sum[r][0] = _mm512_fmadd_ps(x, low, sum[r][0]);                                                        \
        sum[r][1] = _mm512_fmadd_ps(x, high, sum[r][1]);                                                       \
      }                                                                                                        \
    }                                                                                                          \
    for (int r = 0; r < ROWS; r++) {                                                                           \
      _mm512_storeu_ps(rows[r].scores + to, sum[r][0]);                                                        \
      _mm512_storeu_ps(rows[r].scores + to + LANES, sum[r][1]);                                                \
    }                                                                                                          \
  }
SCORES(1) SCORES(2) SCORES(3) SCORES(4) SCORES(5) SCORES(6) SCORES(7) SCORES(8)

typedef void (*Scores)(const Row *rows, const float *panel, int64_t size, int64_t to, Ahead ahead);
static const Scores scores[SCORE_ROWS] = {scores_1, scores_2, scores_3, scores_4,
                                          scores_5, scores_6, scores_7, scores_8};

/* Turns a row's scores with the block of keys from `at` on into shares. What it has so far is scaled to a new top. */
VECTORISED static void share(Row *row, int64_t at, int64_t size, float scale) {
  const int64_t here = least(row->seen - at, BLOCK);
  __m512 largest = _mm512_set1_ps(row->top);
  for (int64_t i = 0; i < here; i += LANES) {
    largest = _mm512_mask_max_ps(largest, first_lanes(here - i), largest, _mm512_loadu_ps(row->scores + i));
  }
  const float top = _mm512_reduce_max_ps(largest);
  const __m512 tops = _mm512_set1_ps(top), factor = _mm512_set1_ps(scale);
  __m512 sum = _mm512_loadu_ps(row->sum);
  if (at > 0 && top > row->top) {
    const __m512 less = exponential(_mm512_mul_ps(_mm512_sub_ps(_mm512_set1_ps(row->top), tops), factor));
    sum = _mm512_mul_ps(sum, less);
    for (int64_t i = 0; i < size; i += LANES) {
      _mm512_storeu_ps(row->y + i, _mm512_mul_ps(_mm512_loadu_ps(row->y + i), less));
    }
  }
  row->top = top;
  for (int64_t i = 0; i < BLOCK; i += LANES) {
    const __m512 below = _mm512_mul_ps(_mm512_sub_ps(_mm512_loadu_ps(row->scores + i), tops), factor);
    const __m512 shares = _mm512_maskz_mov_ps(first_lanes(here - i), exponential(below));
    sum = _mm512_add_ps(sum, shares);
    _mm512_storeu_ps(row->scores + i, shares);
  }
  _mm512_storeu_ps(row->sum, sum);
}

/* Adds `count` values by their shares to ROWS rows, VECTORS vectors of them from `first` on. */
#define ADD(ROWS, VECTORS)                                                                                     \
  VECTORISED static void add_##ROWS##_##VECTORS(const Row *rows, const float *values, int64_t count,           \
                                                int64_t size, int64_t first, Ahead ahead) {                    \
    __m512 sum[ROWS][VECTORS];                                                                                 \
    const float *shares[ROWS];                                                                                 \
    for (int r = 0; r < ROWS; r++) {                                                                           \
      shares[r] = rows[r].scores;                                                                              \
      for (int v = 0; v < VECTORS; v++) sum[r][v] = _mm512_loadu_ps(rows[r].y + first + v * LANES);            \
    }                                                                                                          \
    values += first;                                                                                           \
    for (int64_t at = 0; at < count; at++, values += size) {                                                   \
      ask_ahead(ahead, at);                                                                                    \
      __m512 of_value[VECTORS];                                                                                \
      for (int v = 0; v < VECTORS; v++) of_value[v] = _mm512_loadu_ps(values + v * LANES);                     \
      _Pragma("GCC unroll 4") for (int r = 0; r < ROWS; r++) {                                                 \
        const __m512 x = _mm512_set1_ps(shares[r][at]);                                                        \
        for (int v = 0; v < VECTORS; v++) sum[r][v] = _mm512_fmadd_ps(x, of_value[v], sum[r][v]);              \
      }                                                                                                        \
    }                                                                                                          \
    for (int r = 0; r < ROWS; r++)                                                                             \
      for (int v = 0; v < VECTORS; v++) _mm512_storeu_ps(rows[r].y + first + v * LANES, sum[r][v]);            \
  }
ADD(1, 1) ADD(2, 1) ADD(3, 1) ADD(4, 1)
ADD(1, 4) ADD(2, 4) ADD(3, 4) ADD(4, 4)

typedef void (*Add)(const Row *rows, const float *values, int64_t count, int64_t size, int64_t first, Ahead ahead);
static const Add add_vector[VALUE_ROWS] = {add_1_1, add_2_1, add_3_1, add_4_1};
static const Add add_vectors[VALUE_ROWS] = {add_1_4, add_2_4, add_3_4, add_4_4};

/* Divides by the sum of shares, and takes rounded values for what their steps are worth. */
VECTORISED static void divide(const Row *row, int64_t size, const float *steps) {
  const __m512 sum = _mm512_set1_ps(_mm512_reduce_add_ps(_mm512_loadu_ps(row->sum)));
  for (int64_t i = 0; i < size; i += LANES) {
    const __m512 y = _mm512_div_ps(_mm512_loadu_ps(row->y + i), sum);
    _mm512_storeu_ps(row->y + i, steps == NULL ? y : _mm512_mul_ps(y, _mm512_loadu_ps(steps + i)));
  }
}

/* A query times what a step of rounded keys is worth, so that products with whole numbers of steps are scores. */
VECTORISED static void scale_query(float *query, int64_t size, const float *steps) {
  for (int64_t i = 0; i < size; i += LANES) {
    _mm512_storeu_ps(query + i, _mm512_mul_ps(_mm512_loadu_ps(query + i), _mm512_loadu_ps(steps + i)));
  }
}

VECTORISED static void unpack(const void *numbers, int64_t count, float *unpacked) {
  for (int64_t at = 0; at < count; at += LANES) _mm512_storeu_ps(unpacked + at, load_numbers(numbers, at, ROUNDED));
}

/* Keys and values of a pair, and the memory to work with. */
typedef struct {
  const char *keys;
  const char *values;
  float *panel;    /* [size, PANEL] */
  float *unpacked; /* [BLOCK, size], of rounded values */
} Pair;

/*
 * Scores with keys [at, end). Their values are asked for meanwhile: while keys are laid out, which is most of the work
 * for few rows, and during the first scores.
 */
static void score_keys(const Attention *a, const Pair *pair, const Row *rows, int64_t count, int64_t at, int64_t end) {
  const int64_t size = a->size, bytes = PANEL * size * a->bytes;
  const int64_t early = count <= SCORE_ROWS / 2 ? bytes : count <= SCORE_ROWS ? bytes / 2 : 0;
  for (int64_t key = at; key < end; key += PANEL) {
    const char *values = pair->values + key * size * a->bytes;
    const Ahead first = {values, early / (PANEL * size / (LANES * LANES))};
    lay_out_keys(pair->keys + key * size * a->bytes, a->bytes, end - key, size, pair->panel, first);
    Ahead ahead = {values + early, (bytes - early) / size / (count > SCORE_ROWS ? 2 : 1)};
    for (int64_t r = 0, n; r < count; r += n) {
      n = least(count - r, SCORE_ROWS);
      if (rows[r + n - 1].seen > key) scores[n - 1](rows + r, pair->panel, size, key - at, ahead);
      ahead.from += size * ahead.step;
      if (ahead.from >= values + bytes) ahead.step = 0;
    }
  }
}

/* Adds values [at, end). The next block's keys are asked for meanwhile. */
static void add_values(const Attention *a, const Pair *pair, const Row *rows, int64_t count, int64_t at, int64_t end) {
  enum { WIDE = VALUE_VECTORS * LANES };
  const int64_t size = a->size, bytes = size * a->bytes;
  const int64_t passes = (count + VALUE_ROWS - 1) / VALUE_ROWS * (size / WIDE + size % WIDE / LANES);
  const char *next = pair->keys + (at + BLOCK) * bytes;
  Ahead ahead = {next, bytes / passes > VECTOR ? bytes / passes / VECTOR * VECTOR : VECTOR};
  const float *values = (const float *)(pair->values + at * bytes);
  if (a->bytes == ROUNDED) {
    unpack(values, (end - at) * size, pair->unpacked);
    values = pair->unpacked;
  }
  for (int64_t r = 0, n; r < count; r += n) {
    n = least(count - r, VALUE_ROWS);
    const int64_t seen = least(rows[r + n - 1].seen, end) - at;
    for (int64_t first = 0, width; first < size; first += width) {
      width = first + WIDE <= size ? WIDE : LANES;
      (width == WIDE ? add_vectors : add_vector)[n - 1](rows + r, values, seen, size, first, ahead);
      ahead.from += seen * ahead.step;
      if (ahead.from >= next + BLOCK * bytes) ahead.step = 0;
    }
  }
}

/* Attends with rows that are in order of what they see, block by block (Dao et al. 2022, FlashAttention). */
static void attend_rows(const Attention *a, const Pair *pair, Row *rows, int64_t count) {
  const int64_t most = rows[count - 1].seen;
  for (int64_t at = 0; at < most; at += BLOCK) {
    while (rows->seen <= at) rows++, count--;
    const int64_t end = least(at + BLOCK, most);
    score_keys(a, pair, rows, count, at, end);
    for (int64_t r = 0; r < count; r++) share(rows + r, at, a->size, a->scale);
    add_values(a, pair, rows, count, at, end);
  }
}

int attend(const Attention *a, int64_t pair, int64_t part) {
  const int64_t sequence = pair / a->kv_heads, kv_head = pair % a->kv_heads, group = group_of(a), size = a->size;
  const int64_t first = part * tokens_of_part(a), end = least(first + tokens_of_part(a), a->tokens);
  const int64_t before = a->last[sequence] + 1 - a->tokens, count = (end - first) * group;
  const int64_t rounded = a->bytes == ROUNDED ? BLOCK * size : 0;
  float *memory = allocate(((PANEL + count) * size + count * BLOCK + rounded) * sizeof(float) + count * sizeof(Row));
  if (memory == NULL) return 0;
  float *queries = memory + PANEL * size, *of_rows = queries + count * size, *unpacked = of_rows + count * BLOCK;
  Row *rows = (Row *)(unpacked + rounded);
  for (int64_t r = 0; r < count; r++) {
    const int64_t token = first + r / group, head = kv_head * group + r % group;
    float *y = a->y + ((sequence * a->tokens + token) * a->heads + head) * size;
    rows[r] = (Row){.query = queries + r * size, .scores = of_rows + r * BLOCK, .y = y, .seen = before + token + 1};
    rows[r].top = -INFINITY;
    place(a, sequence, token, head, &a->query_norm, queries + r * size);
    if (rounded) scale_query(queries + r * size, size, a->key_steps + kv_head * size);
    memset(y, 0, size * sizeof(float));
  }
  const int64_t offset = pair * a->room * size * a->bytes;
  const Pair of_pair = {(const char *)a->key + offset, (const char *)a->value + offset, memory, unpacked};
  attend_rows(a, &of_pair, rows, count);
  for (int64_t r = 0; r < count; r++) divide(rows + r, size, rounded ? a->value_steps + kv_head * size : NULL);
  free(memory);
  return 1;
}
