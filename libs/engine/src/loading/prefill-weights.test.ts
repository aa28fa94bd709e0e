import { expect, test } from 'vitest';
import { autoPrefillWeights } from './prefill-weights.js';

const amx = () => 'processor : 0\nflags : fpu avx512_vnni amx_bf16 amx_tile amx_int8\n';
const vnni = () => 'processor : 0\nflags : fpu avx512_vnni\n';

test('prompts have 8-bit weights of their own where answers have 4-bit ones and the processor has AMX', () => {
  expect(autoPrefillWeights('q4', 'cpu', amx)).toBe('int8');
  expect(autoPrefillWeights('q4', 'cpu', vnni)).toBe('shared');
  expect(autoPrefillWeights('q4', 'cpu', () => '')).toBe('shared');
  expect(autoPrefillWeights('q4', 'cuda', amx)).toBe('shared');
  expect(autoPrefillWeights('q8', 'cpu', amx)).toBe('shared');
  expect(autoPrefillWeights('fp32', 'cpu', amx)).toBe('shared');
});
