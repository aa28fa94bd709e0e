import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './graph-builder.js';
import { decodeModel } from './proto.js';

describe('GraphBuilder', () => {
  it('writes a model that onnxruntime runs', async () => {
    const graph = new GraphBuilder('sum');
    const x = graph.input('x', 'f32', ['rows', 4]);
    const [left = '', right = ''] = graph.nodes('Split', [x], 2, { axis: 1, num_outputs: 2 });
    const sum = graph.node('Add', [left, graph.node('LeakyRelu', [right], { alpha: { float: 0.5 } })]);
    graph.output('y', graph.node('Reshape', [sum, graph.constant([-1])]), 'f32', ['all']);
    const session = await ort.InferenceSession.create(graph.encode());
    const { y } = await session.run({ x: new ort.Tensor('float32', [1, 2, 3, -4, 5, 6, -2, 8], [2, 4]) });
    expect([...(y!.data as Float32Array)]).toEqual([4, 0, 4, 14]);
    await session.release();
  });

  it('takes a mapped tensor from its file, though it is no constant and no input that a run must give', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'graph-'));
    await writeFile(join(folder, 'w.data'), new Uint8Array(Float32Array.of(10, 20).buffer));
    const graph = new GraphBuilder('mapped');
    const weight = graph.mapped('w', { dataType: 'f32', dims: [2], file: 'w.data', offset: 0, bytes: 8 });
    graph.output('y', graph.node('Add', [graph.input('x', 'f32', [2]), weight]), 'f32', [2]);
    await writeFile(join(folder, 'mapped.onnx'), graph.encode());
    const session = await ort.InferenceSession.create(join(folder, 'mapped.onnx'), { logSeverityLevel: 3 });
    const x = new ort.Tensor('float32', [1, 2], [2]);
    expect(session.inputNames).toEqual(['x']);
    expect([...((await session.run({ x }))['y']!.data as Float32Array)]).toEqual([11, 22]);
    await session.release();
    await rm(folder, { recursive: true });
  });

  it('refers to external data by file, offset and length, and stores a constant once', () => {
    const graph = new GraphBuilder('stored');
    const stored = { dataType: 'f16', dims: [2, 3], file: 'w.data', offset: 128, bytes: 12 } as const;
    graph.node('Add', [graph.stored('w', stored, [6]), graph.constant([1])]);
    graph.node('Add', ['w', graph.constant([1])]);
    expect(decodeModel(graph.encode())).toMatchObject({
      graph: {
        initializer: [
          {
            name: 'w',
            dims: [6],
            dataType: 10,
            dataLocation: 1,
            externalData: [
              { key: 'location', value: 'w.data' },
              { key: 'offset', value: '128' },
              { key: 'length', value: '12' },
            ],
          },
          { dims: [1], dataType: 7 },
        ],
      },
    });
  });
});
