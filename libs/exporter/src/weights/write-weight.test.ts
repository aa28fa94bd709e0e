import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointReader } from '../safetensors/checkpoint-reader.js';
import { encodeHalves } from '../safetensors/float-decoder.js';
import { writeSafetensors } from '../testing/write-safetensors.js';
import { quantiseBlocks } from './quantise-blocks.js';
import { DataFilePlan, type Encoding } from './weight-plan.js';
import { writeWeight } from './write-weight.js';

/** More than two steps of the conversion, the last of them not full. */
const SHAPE = [2500, 1000] as const;
const COUNT = SHAPE[0] * SHAPE[1];
const values = Float32Array.from({ length: COUNT }, (_, index) => Math.sin(index * index));

let folder: string;
let reader: CheckpointReader;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-weight-'));
  const weights = new Map([['w', { shape: SHAPE, data: values }]]);
  await writeSafetensors(join(folder, 'model.safetensors'), weights, 'F32');
  reader = await CheckpointReader.open(folder);
});

afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true });
});

async function write(
  encoding: Encoding,
  signal?: AbortSignal,
): Promise<{ file: Uint8Array; steps: number[] }> {
  const plan = new DataFilePlan('data');
  const weight = plan.add('w', SHAPE, encoding);
  const file = new Uint8Array(plan.bytes);
  const steps: number[] = [];
  const writer = {
    write: (bytes: Uint8Array, position: number): Promise<void> => {
      file.set(bytes, position);
      return Promise.resolve();
    },
  };
  await writeWeight(weight, reader, writer, { signal, onBytes: (bytes) => steps.push(bytes) });
  return { file, steps };
}

const bytesOf = (array: Float32Array | Uint16Array): Buffer => Buffer.from(array.buffer);

describe('writeWeight', () => {
  it('writes in steps what whole conversion would give, and counts each byte once', async () => {
    const { file, steps } = await write({ kind: 'f32' });
    expect(bytesOf(values).equals(file)).toBe(true);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.reduce((sum, bytes) => sum + bytes, 0)).toBe(4 * COUNT);
    expect(bytesOf(encodeHalves(values)).equals((await write({ kind: 'f16' })).file)).toBe(true);
  });

  it.each([
    [4, 64],
    [8, 32],
  ] as const)(
    'puts values and scales of every step in their places (%i bits, blocks of %i)',
    async (bits, blockSize) => {
      const blocks = SHAPE[0] * Math.ceil(SHAPE[1] / blockSize);
      const whole = {
        values: new Uint8Array((blocks * blockSize * bits) / 8),
        scales: new Float32Array(blocks),
      };
      quantiseBlocks(values, { bits, blockSize, columns: SHAPE[1] }, whole);
      const { file } = await write({ kind: 'blocks', bits, blockSize });
      expect(Buffer.from(whole.values).equals(file.subarray(0, whole.values.length))).toBe(true);
      expect(bytesOf(whole.scales).equals(file.subarray(-4 * blocks))).toBe(true);
    },
  );

  it('stops at an aborted signal', async () => {
    await expect(write({ kind: 'f32' }, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
