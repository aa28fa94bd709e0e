#ifndef QWENVL_KEY_PANEL_H
#define QWENVL_KEY_PANEL_H

#include <stdint.h>

#include "cache-numbers.h"
#include "weights.h"

/* Keys that are laid side by side: two vectors of them, so that few rows have enough sums to fill the pipeline. */
enum { PANEL = 2 * LANES };

/*
 * Lays keys [`there` or more, size] out as `panel` [size, PANEL]: a lane is a key. Places without a key hold one again.
 * `size` is a multiple of 16, `panel` lies on a vector's boundary. As much memory from `next` on is asked for
 * meanwhile; it need not be there.
 */
void lay_out_keys(const void *keys, NumberBytes bytes, int64_t there, int64_t size, float *panel, const void *next);

#endif
