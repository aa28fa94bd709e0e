import { expect, it } from 'vitest';
import { goldenTensors, maxDifference } from '../testing/golden-files.js';
import { MropeRotary } from './mrope-rotary.js';

const tensor = goldenTensors('rope/mrope_cos_sin_real_dims.safetensors');
const rotary = new MropeRotary({ headDim: 128, ropeTheta: 5_000_000, mropeSection: [24, 20, 20] });

/** The first half of each row: the reference repeats it. */
const firstHalves = (name: string): number[] =>
  tensor(name)
    .numbers()
    .filter((_, i) => i % 128 < 64);

it('equals the reference at the real sizes', () => {
  const positions = Int32Array.from(tensor('position_ids').numbers());
  const { cos, sin } = rotary.range(positions, 0, 24);
  expect(maxDifference(cos, firstHalves('cos'))).toBeLessThan(1e-5);
  expect(maxDifference(sin, firstHalves('sin'))).toBeLessThan(1e-5);
});

it('gives a range as it stands in the whole', () => {
  const positions = Int32Array.from(tensor('position_ids').numbers());
  const whole = rotary.range(positions, 0, 24);
  expect(rotary.range(positions, 5, 9).cos).toEqual(whole.cos.slice(5 * 64, 9 * 64));
});

it('gives text tokens equal positions on all axes', () => {
  expect(rotary.text([3000, 7])).toEqual(rotary.range(Int32Array.of(3000, 7, 3000, 7, 3000, 7), 0, 2));
});
