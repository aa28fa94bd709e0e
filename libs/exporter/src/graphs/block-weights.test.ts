import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { quantiseBlocks, zeroBytes } from '../weights/quantise-blocks.js';
import { DataFilePlan } from '../weights/weight-plan.js';
import { gatherRows } from './embedding-graph.js';
import { applyWeight } from './graph-weights.js';

/** Three blocks a row, so that zeros of a row end within a byte. */
const ROWS = 5;
const COLUMNS = 96;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-blocks-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Whole numbers, of which each block lies elsewhere, so that every zero point is another and no value is rounded. */
const matrix = Float32Array.from({ length: ROWS * COLUMNS }, (_, index) => {
  const block = Math.floor(index / 32);
  return (index % 16) - (block % 16);
});

describe('4-bit blocks', () => {
  it('stand for the same numbers in a product and in a table', async () => {
    const data = new DataFilePlan('w.data');
    const weight = data.add('w', [ROWS, COLUMNS], { kind: 'blocks', bits: 4, blockSize: 32 });
    const out = {
      values: new Uint8Array(weight.values.bytes),
      scales: new Float32Array(ROWS * 3),
      zeros: new Uint8Array(ROWS * zeroBytes(4, 3)),
    };
    quantiseBlocks(matrix, { bits: 4, blockSize: 32, columns: COLUMNS }, out);
    const file = new Uint8Array(data.bytes);
    file.set(out.values, weight.values.offset);
    file.set(new Uint8Array(out.scales.buffer), weight.scales?.offset);
    file.set(out.zeros, weight.zeros?.offset);
    await writeFile(join(folder, 'w.data'), file);

    const ids = BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row));
    const table = await run({ ids: new ort.Tensor('int64', ids, [ROWS]) }, (graph) =>
      gatherRows(graph, weight, graph.input('ids', 'i64', ['ids'])),
    );
    expect(table).toEqual(matrix);

    const x = new Float32Array(COLUMNS * COLUMNS);
    for (let index = 0; index < COLUMNS; index++) x[index * COLUMNS + index] = 1;
    const product = await run({ x: new ort.Tensor('float32', x, [COLUMNS, COLUMNS]) }, (graph) =>
      applyWeight(graph, graph.input('x', 'f32', ['n', COLUMNS]), weight),
    );
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0; column < COLUMNS; column++) {
        expect(product[column * ROWS + row]).toBeCloseTo(matrix[row * COLUMNS + column]!, 3);
      }
    }
  });
});

/** What a graph of a single value gives. */
async function run(
  inputs: Record<string, ort.Tensor>,
  build: (graph: GraphBuilder) => string,
): Promise<Float32Array> {
  const graph = new GraphBuilder('blocks');
  graph.output('y', build(graph), 'f32', ['rows', 'columns']);
  await writeFile(join(folder, 'w.onnx'), graph.encode());
  const session = await ort.InferenceSession.create(join(folder, 'w.onnx'), { logSeverityLevel: 3 });
  const { y } = await session.run(inputs);
  await session.release();
  return y?.data as Float32Array;
}
