import { readFileSync } from 'node:fs';
import type { Precision } from '@qwenvl/exporter';
import type { Device } from '../runtime/device.js';

/** Weights that prompts are computed with: the decoder's own, or a second copy with 8 bits. */
export type PrefillWeights = 'shared' | 'int8';

/**
 * What `auto` stands for: `int8` for `q4` on processors with AMX where onnxruntime's 4-bit kernels multiply, which do
 * not use it; `shared` elsewhere. The engine's own operators compute prompts in the very numbers of answers, and with
 * VNNI alone 8-bit weights gain too little to pay for twice the disk (`docs/benchmarks.md`).
 * `processor` is the text of Linux's `/proc/cpuinfo`.
 */
export function autoPrefillWeights(
  precision: Precision,
  device: Device,
  hasOperators: boolean,
  processor: () => string = readProcessor,
): PrefillWeights {
  if (precision !== 'q4' || device !== 'cpu' || hasOperators) return 'shared';
  return /\bamx_int8\b/.test(processor()) ? 'int8' : 'shared';
}

function readProcessor(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // another system, or one that hides it: nothing is known of the processor
  }
}
