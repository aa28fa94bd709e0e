import { expect, test } from 'vitest';
import { autoPrefillWeights } from './prefill-weights.js';

const amx = () => 'processor : 0\nflags : fpu avx512_vnni amx_bf16 amx_tile amx_int8\n';
const vnni = () => 'processor : 0\nflags : fpu avx512_vnni\n';

test('prompts have 8-bit weights of their own where 4-bit kernels of onnxruntime leave AMX unused', () => {
  expect(autoPrefillWeights('q4', 'cpu', false, amx)).toBe('int8');
  expect(autoPrefillWeights('q4', 'cpu', true, amx)).toBe('shared');
  expect(autoPrefillWeights('q4', 'cpu', false, vnni)).toBe('shared');
  expect(autoPrefillWeights('q4', 'cpu', false, () => '')).toBe('shared');
  expect(autoPrefillWeights('q4', 'cuda', false, amx)).toBe('shared');
  expect(autoPrefillWeights('q8', 'cpu', false, amx)).toBe('shared');
  expect(autoPrefillWeights('fp32', 'cpu', false, amx)).toBe('shared');
});
