import { describe, expect, it } from 'vitest';
import { DataFilePlan } from './weight-plan.js';

describe('DataFilePlan', () => {
  it('lays tensors out one after another on cache lines', () => {
    const plan = new DataFilePlan('x.data');
    const norm = plan.add('norm', [10], { kind: 'f32' });
    const half = plan.add('half', [3, 5], { kind: 'f16' });
    const blocks = plan.add('blocks', [4, 100], { kind: 'blocks', bits: 4, blockSize: 64 });
    expect(norm).toMatchObject({ rows: 1, columns: 10, values: { offset: 0, bytes: 40, dims: [10] } });
    expect(half.values).toEqual({ dataType: 'f16', dims: [3, 5], file: 'x.data', offset: 64, bytes: 30 });
    expect(blocks.values).toMatchObject({ dataType: 'u8', dims: [4, 2, 32], offset: 128, bytes: 256 });
    expect(blocks.scales).toMatchObject({ dataType: 'f32', dims: [4, 2], offset: 384, bytes: 32 });
    expect(blocks.zeros).toMatchObject({ dataType: 'u8', dims: [4, 1], offset: 448, bytes: 4 });
    expect(plan.bytes).toBe(452);
  });

  it.each([
    [2048, 256, 256],
    [2048, 128, 128],
    [192, 128, 64],
    [160, 128, 32],
    [100, 128, 128],
    [6144, 64, 64],
  ])('cuts rows of %i in blocks of at most %i: %i', (columns, blockSize, expected) => {
    const plan = new DataFilePlan('x').add('w', [2, columns], { kind: 'blocks', bits: 4, blockSize });
    expect(plan.encoding).toEqual({ kind: 'blocks', bits: 4, blockSize: expected });
  });

  it('stacks matrices whose rows can be used as one, and each as its own', () => {
    const plan = new DataFilePlan('x');
    const parts = [
      { source: 'a', rows: 3 },
      { source: 'b', rows: 2 },
    ];
    const whole = plan.addStacked(parts, 64, { kind: 'blocks', bits: 4, blockSize: 32 });
    expect(whole).toMatchObject({
      rows: 5,
      values: { dims: [5, 2, 16], offset: 0, bytes: 160 },
      scales: { dims: [5, 2], offset: 192, bytes: 40 },
      zeros: { dims: [5, 1], offset: 256, bytes: 5 },
    });
    expect(plan.weights).toMatchObject([
      { source: 'a', rows: 3, values: { offset: 0, bytes: 96 }, scales: { offset: 192, bytes: 24 } },
      {
        source: 'b',
        sourceShape: [2, 64],
        values: { offset: 96, bytes: 64 },
        scales: { offset: 216 },
        zeros: { dims: [2, 1], offset: 259 },
      },
    ]);
    expect(plan.bytes).toBe(261);
  });

  it('turns a rotated weight over', () => {
    const weight = new DataFilePlan('x').add('w', [6, 64], { kind: 'rotated', group: 64 });
    expect(weight).toMatchObject({ values: { dataType: 'i8', dims: [64, 6] }, scales: { dims: [6] } });
  });

  it('sees a convolution as a matrix', () => {
    const weight = new DataFilePlan('x').add('conv', [48, 3, 2, 16, 16], { kind: 'f32' });
    expect(weight).toMatchObject({ rows: 48, columns: 1536, values: { dims: [48, 3, 2, 16, 16] } });
  });
});
