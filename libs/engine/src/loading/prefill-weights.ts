import { readFileSync } from 'node:fs';
import type { Precision } from '@qwenvl/exporter';
import type { Device } from '../runtime/device.js';

/** Weights that prompts are computed with: the decoder's own, or a second copy with 8 bits. */
export type PrefillWeights = 'shared' | 'int8';

/**
 * What `auto` stands for: `int8` for `q4` on processors with AMX, which the 4-bit kernels do not use; `shared` elsewhere.
 * With VNNI alone prompts gain less, which does not pay for twice the disk everywhere (`docs/benchmarks.md`).
 * `processor` is the text of Linux's `/proc/cpuinfo`.
 */
export function autoPrefillWeights(
  precision: Precision,
  device: Device,
  processor: () => string = readProcessor,
): PrefillWeights {
  return precision === 'q4' && device === 'cpu' && /\bamx_int8\b/.test(processor()) ? 'int8' : 'shared';
}

function readProcessor(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // another system, or one that hides it: nothing is known of the processor
  }
}
