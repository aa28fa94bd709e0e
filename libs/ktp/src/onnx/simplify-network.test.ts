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

  it('refuses what is no network', () => {
    expect(() => simplifyNetwork(new TextEncoder().encode('not a network'))).toThrow();
  });
});
