import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointReader } from '../safetensors/checkpoint-reader.js';
import { encodeHalves } from '../safetensors/float-decoder.js';
import { writeSafetensors } from '../testing/write-safetensors.js';
import { quantiseBlocks, zeroBytes } from './quantise-blocks.js';
import { DataFilePlan, type Encoding, type PlannedWeight, type StoredTensor } from './weight-plan.js';
import { transformRows, type WeightTransform } from './weight-transform.js';
import { writeWeight } from './write-weight.js';

/** More than two steps of the conversion, the last of them not full. */
const SHAPE = [2500, 1000] as const;
const COUNT = SHAPE[0] * SHAPE[1];
const values = Float32Array.from({ length: COUNT }, (_, index) => Math.sin(index * index));

/** What columns are multiplied by. */
const scale = Float32Array.from({ length: SHAPE[1] }, (_, index) => 1 + index / 100);

let folder: string;
let reader: CheckpointReader;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-weight-'));
  const weights = new Map([
    ['w', { shape: SHAPE, data: values }],
    ['scale', { shape: [SHAPE[1]], data: scale }],
  ]);
  await writeSafetensors(join(folder, 'model.safetensors'), weights, 'F32');
  reader = await CheckpointReader.open(folder);
});

afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true });
});

async function write(
  encoding: Encoding,
  { signal, transform }: { signal?: AbortSignal; transform?: WeightTransform } = {},
): Promise<{ file: Uint8Array; weight: PlannedWeight; steps: number[] }> {
  const plan = new DataFilePlan('data');
  const weight = plan.add('w', SHAPE, encoding, transform);
  const file = new Uint8Array(plan.bytes);
  const steps: number[] = [];
  const writer = {
    write: (bytes: Uint8Array, position: number): Promise<void> => {
      file.set(bytes, position);
      return Promise.resolve();
    },
  };
  await writeWeight(weight, reader, writer, { signal, onBytes: (bytes) => steps.push(bytes) });
  return { file, weight, steps };
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
    'puts values, scales and zeros of every step in their places (%i bits, blocks of %i)',
    async (bits, blockSize) => {
      const blocks = SHAPE[0] * Math.ceil(SHAPE[1] / blockSize);
      const whole = {
        values: new Uint8Array((blocks * blockSize * bits) / 8),
        scales: new Float32Array(blocks),
        zeros: new Uint8Array(SHAPE[0] * zeroBytes(bits, blocks / SHAPE[0])),
      };
      quantiseBlocks(values, { bits, blockSize, columns: SHAPE[1] }, whole);
      const { file, weight } = await write({ kind: 'blocks', bits, blockSize });
      const part = (stored: StoredTensor | undefined): Uint8Array =>
        file.subarray(stored?.offset, (stored?.offset ?? 0) + (stored?.bytes ?? 0));
      expect(Buffer.from(whole.values).equals(part(weight.values))).toBe(true);
      expect(bytesOf(whole.scales).equals(part(weight.scales))).toBe(true);
      expect(Buffer.from(whole.zeros).equals(part(weight.zeros))).toBe(true);
    },
  );

  it('transforms a matrix in steps as it would be transformed whole', async () => {
    const transform = { scaledBy: 'scale', rotatedColumns: 8, rotatedRows: 4 };
    const whole = values.slice();
    transformRows(whole, SHAPE[1], transform, scale);
    expect(whole[0]).not.toBe(values[0]);
    expect(bytesOf(whole).equals((await write({ kind: 'f32' }, { transform })).file)).toBe(true);
  });

  it('stops at an aborted signal', async () => {
    await expect(write({ kind: 'f32' }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
