import { readFile } from 'node:fs/promises';

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';

import { NETWORK_FILES } from '../ocr/networks.js';
import { decodeOnnx } from './onnx-model.js';
import { simplifyNetwork } from './simplify-network.js';

const DEADLINE = 120_000;
const NETWORKS = [
  ['detector', NETWORK_FILES.detector, [1, 3, 96, 160]],
  ['recogniser', NETWORK_FILES.recogniser, [1, 3, 48, 96]],
  ['direction classifier', NETWORK_FILES.direction, [2, 3, 48, 192]],
] as const;

async function run(network: Uint8Array, dims: readonly number[]): Promise<Float32Array> {
  const session = await InferenceSession.create(network);
  const elements = dims.reduce((product, length) => product * length, 1);
  const input = Float32Array.from({ length: elements }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.011));
  const outputs = await session.run({ x: new Tensor('float32', input, dims) });
  const data = outputs[session.outputNames[0] ?? '']?.data;
  await session.release();
  if (!(data instanceof Float32Array)) throw new TypeError('no floats');
  return data;
}

function operations(network: Uint8Array): string[] {
  return decodeOnnx(network)
    .graph.node.map(({ opType }) => opType)
    .filter((type) => type !== 'Constant');
}

describe('simplifyNetwork', () => {
  it.each(NETWORKS)('leaves what the %s answers as it was', { timeout: DEADLINE }, async (_, path, dims) => {
    const original = await readFile(path);
    const simplified = simplifyNetwork(original);
    const [expected, answered] = await Promise.all([run(original, dims), run(simplified, dims)]);
    expect(answered).toHaveLength(expected.length);
    const error = expected.reduce(
      (worst, value, i) => Math.max(worst, Math.abs(value - (answered[i] ?? 0))),
      0,
    );
    expect(error).toBeLessThan(1e-4);
  });

  it.each(NETWORKS)('leaves no step of a hard swish in the %s', async (_, path) => {
    const original = await readFile(path);
    const [before, after] = [operations(original), operations(simplifyNetwork(original))];
    expect(before).toContain('Clip');
    expect(after).not.toContain('Clip');
    expect(after.length).toBeLessThan(before.length * 0.85);
  });

  it(
    'cuts a classifier down to some classes with the ratios between them',
    { timeout: DEADLINE },
    async () => {
      const original = await readFile(NETWORK_FILES.recogniser);
      const classes = [0, 17, 4242, 6624];
      const dims = [1, 3, 48, 96];
      const [all, some] = await Promise.all([
        run(original, dims),
        run(simplifyNetwork(original, classes), dims),
      ]);
      const steps = some.length / classes.length;
      const every = all.length / steps;
      for (let step = 0; step < steps; step++) {
        const kept = classes.map((cls) => all[step * every + cls] ?? 0);
        const sum = kept.reduce((total, value) => total + value, 0);
        for (const [column, value] of kept.entries()) {
          expect(some[step * classes.length + column]).toBeCloseTo(value / sum, 3);
        }
      }
    },
  );

  it('refuses to cut down what is no classifier', async () => {
    const detector = await readFile(NETWORK_FILES.detector);
    expect(() => simplifyNetwork(detector, [0])).toThrow(TypeError);
  });

  it('refuses what is no network', () => {
    expect(() => simplifyNetwork(new TextEncoder().encode('not a network'))).toThrow();
  });
});
