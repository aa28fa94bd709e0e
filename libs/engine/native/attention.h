#ifndef QWENVL_ATTENTION_H
#define QWENVL_ATTENTION_H

#include <stdint.h>

#include "cache-numbers.h"
#include "head.h"

/*
 * Grouped-query attention over keys and values that are kept in place: a token sees all before it and itself. What a
 * token gives is the same to the last bit whatever tokens and sequences are computed beside it.
 */
typedef struct {
  int64_t batch;
  int64_t tokens;
  int64_t heads;
  int64_t kv_heads;
  int64_t size; /* of a head: a multiple of 16, at most LARGEST_HEAD */
  int64_t past_room;
  int64_t room; /* tokens there is room for, those of the past and these */
  float scale;
  NumberBytes bytes;       /* of a key's or value's numbers */
  const int32_t *last;     /* [batch]: attended tokens less one */
  const float *projected;  /* [batch, tokens, heads + 2 kv_heads, size]: queries, keys and values as they come */
  HeadNorm query_norm;
  HeadNorm key_norm;
  const float *cos;        /* [batch, tokens, size / 2], of the angles of a token's place */
  const float *sin;
  const float *key_steps;  /* [kv_heads, size], of rounded keys */
  const float *value_steps;
  const void *past_key;    /* [batch, kv_heads, past_room, size]; may be `key` itself */
  const void *past_value;
  void *key;               /* [batch, kv_heads, room, size] */
  void *value;
  float *y;                /* [batch, tokens, heads, size] */
} Attention;

/* Appends new keys, in their places, and values of one head of one sequence, `pair` = sequence * kv_heads + head. */
void append_tokens(const Attention *a, int64_t pair);

/* Parts that the work for one pair can be divided into. */
int64_t parts_of_tokens(const Attention *a);

/* Attends with the tokens of one part of a pair, whose keys and values are there. 0 where memory does not suffice. */
int attend(const Attention *a, int64_t pair, int64_t part);

#endif
