import { describe, expect, it } from 'vitest';
import { rotate, rotateRows, rotation, rotationGroup } from './rotate.js';

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

describe('rotate', () => {
  it('leaves products as they are', () => {
    const a = Float32Array.from({ length: 512 }, (_, index) => Math.sin(index * 1.3));
    const b = Float32Array.from({ length: 512 }, (_, index) => Math.cos(index * index));
    const before = dot(a, b);
    rotate(a, 128);
    rotate(b, 128);
    expect(dot(a, b)).toBeCloseTo(before, 4);
  });

  it('spreads a value over its group and no further', () => {
    const values = new Float32Array(256);
    values[130] = 16;
    rotate(values, 64);
    expect(values.map(Math.abs)).toEqual(new Float32Array(256).fill(2, 128, 192));
  });

  it('multiplies by the matrix that rotation gives', () => {
    const values = Float32Array.from({ length: 8 }, (_, index) => index - 2.5);
    const matrix = rotation(8);
    const expected = values.map((_, row) => dot(matrix.subarray(row * 8, row * 8 + 8), values));
    rotate(values, 8);
    for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index] ?? NaN, 5);
  });
});

describe('rotateRows', () => {
  it('does to columns what rotate does to rows', () => {
    const [rows, columns, group] = [16, 6, 8];
    const matrix = Float32Array.from({ length: rows * columns }, (_, index) => Math.sin(index * index));
    const turned = Float32Array.from(
      matrix,
      (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)] ?? 0,
    );
    rotateRows(matrix, columns, group);
    rotate(turned, group);
    for (const [at, value] of turned.entries()) {
      expect(matrix[(at % rows) * columns + Math.floor(at / rows)]).toBe(value);
    }
  });
});

describe('rotationGroup', () => {
  it.each([
    [2048, 128],
    [9728, 128],
    [96, 32],
    [100, 4],
    [7, 1],
  ])('of %i columns is %i', (columns, group) => {
    expect(rotationGroup(columns)).toBe(group);
  });
});
