#ifndef QWENVL_KEY_PANEL_H
#define QWENVL_KEY_PANEL_H

#include <stdint.h>

#include "ahead.h"
#include "cache-numbers.h"
#include "weights.h"

/* Keys that are laid side by side: two vectors of them, so that few rows have enough sums to fill the pipeline. */
enum { PANEL = 2 * LANES };

/*
 * Lays keys [`there` or more, size] out as `panel` [size, PANEL]: a lane is a key. Places without a key hold one again.
 * `size` is a multiple of 16, `panel` lies on a vector's boundary; a step of `ahead` is 16 numbers of 16 keys.
 */
void lay_out_keys(const void *keys, NumberBytes bytes, int64_t there, int64_t size, float *panel, Ahead ahead);

#endif
