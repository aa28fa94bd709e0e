import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeModel } from '@qwenvl/exporter';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphBackend } from '../graph-session.js';
import { maximaBlock } from '../../sampling/top-tokens.js';
import { operatorBackends } from '../../testing/operator-backends.js';

const native = new URL('../../../native/', import.meta.url);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-product-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the library of operators', () => {
  it('was built from its sources', async () => {
    const names = (await readdir(native)).sort();
    const digest = createHash('sha256');
    for (const ending of ['.c', '.h']) {
      for (const name of names.filter((file) => file.endsWith(ending))) {
        digest.update(await readFile(new URL(name, native)));
      }
    }
    const library = await readFile(new URL('linux-x64/operators.so', native));
    expect(/source:([0-9a-f]+)/.exec(library.toString('latin1'))?.[1]).toBe(digest.digest('hex'));
  });
});

describe.each(operatorBackends)('the largest of blocks on $name', ({ blockMaxima }) => {
  it('are those of whole blocks, whatever is not a number left out', () => {
    const value = fc.oneof(fc.float(), fc.constantFrom(NaN, -Infinity));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 400, size: 'max' }), (numbers) => {
        const values = Float32Array.from(numbers);
        const blocks = Array.from({ length: Math.floor(values.length / maximaBlock) }, (_, block) =>
          values.subarray(block * maximaBlock, (block + 1) * maximaBlock),
        );
        const expected = blocks.map((block) =>
          block.reduce((most, one) => (one > most ? one : most), -Infinity),
        );
        expect([...(blockMaxima?.(values) ?? [])].map((one) => one + 0)).toEqual(
          expected.map((one) => one + 0),
        );
      }),
    );
  });
});

/** Rows of activations and a matrix of weights in blocks, as `MatMulNBits` takes them. */
interface Case {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly bits: 4 | 8;
  readonly block: number;
  readonly hasBias: boolean;
  /** Rows are gates and what they let through, side by side. */
  readonly isGated: boolean;
  readonly seed: number;
  readonly threads: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  inputs: fc.integer({ min: 1, max: 700 }),
  outputs: fc.integer({ min: 1, max: 90 }),
  bits: fc.constantFrom(4, 8),
  block: fc.constantFrom(32, 64, 128, 256),
  hasBias: fc.boolean(),
  isGated: fc.boolean(),
  seed: fc.nat(),
  threads: fc.integer({ min: 1, max: 2 }),
});

describe.each(operatorBackends)('products of weights in blocks on $name', (backend) => {
  it('are those of MatMulNBits, of gated activations too', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const tensors = draw(given);
        const own = await multiply(backend, ownOperator(given), given, tensors);
        const x = given.isGated ? gate(given, tensors.x) : tensors.x;
        const plain = { ...given, isGated: false };
        const theirs = await multiply(backend, 'com.microsoft.MatMulNBits', plain, { ...tensors, x });
        const apart = own.map((value, index) => Math.abs(value - (theirs[index] ?? NaN)));
        // An activation of another last bit may lie on the other side of a half of its 8-bit steps.
        const tipped = given.isGated ? (3 * largestOf(x) * largestWeight(given)) / 127 : 0;
        expect(largestOf(apart)).toBeLessThan(1e-5 * largestOf(theirs) + 1e-6 + tipped);
      }),
      { numRuns: 60 },
    );
  });

  it('are the same to the last bit whatever rows are computed beside', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async (given, row) => {
        const tensors = draw(given);
        const together = await multiply(backend, ownOperator(given), given, tensors);
        const one = row % given.rows;
        const width = tensors.x.length / given.rows;
        const x = tensors.x.subarray(one * width, (one + 1) * width);
        const alone = await multiply(backend, ownOperator(given), { ...given, rows: 1 }, { ...tensors, x });
        expect(alone).toEqual(together.subarray(one * given.outputs, (one + 1) * given.outputs));
      }),
      { numRuns: 60 },
    );
  });

  it('of zeros are zeros', async () => {
    const tensors = { ...draw(small), x: new Float32Array(small.rows * small.inputs) };
    const products = await multiply(backend, 'qwenvl.BlockProduct', small, tensors);
    expect(products).toEqual(new Float32Array(small.rows * small.outputs));
  });

  it('refuse weights of another size, and rows of another length', async () => {
    const tensors = draw(small);
    const wrong = { ...tensors, scales: tensors.scales.subarray(1) };
    await expect(multiply(backend, 'qwenvl.BlockProduct', small, wrong)).rejects.toThrow(/another size/);
    const session = await backend.open(await write('qwenvl.BlockProduct', small, tensors), 1);
    const x = { data: new Float32Array(63), dims: [1, 1, 63] };
    const y = { data: new Float32Array(17), dims: [1, 1, 17] };
    await expect(session.run({ x }, { y })).rejects.toThrow(/last dimension is not what K says/);
    await session.release();
  });
});

const small: Case = {
  rows: 3,
  inputs: 64,
  outputs: 17,
  bits: 4,
  block: 32,
  hasBias: false,
  isGated: false,
  seed: 1,
  threads: 1,
};

/** SiLU of each row's first half times its second. */
function gate({ rows, inputs }: Case, x: Float32Array): Float32Array {
  return Float32Array.from({ length: rows * inputs }, (_, index) => {
    const at = Math.floor(index / inputs) * 2 * inputs + (index % inputs);
    const gate = x[at] ?? NaN;
    return (gate / (1 + Math.exp(-gate))) * (x[at + inputs] ?? NaN);
  });
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function largestWeight({ bits }: Case): number {
  return (0.01 + 1 / 10) * (bits === 4 ? 15 : 128);
}

function ownOperator({ bits }: Case): string {
  return bits === 4 ? 'qwenvl.BlockProduct' : 'qwenvl.ByteProduct';
}

interface Tensors {
  readonly x: Float32Array;
  readonly q: Uint8Array;
  readonly scales: Float32Array;
  /** With 4 bits. */
  readonly zeros: Uint8Array | undefined;
  /** With 8 bits, or none. */
  readonly bias: Float32Array | undefined;
}

/** Some activations stand out, as they do in models. What a row's last block holds beyond its end is anything. */
function draw({ rows, inputs, outputs, bits, block, hasBias, isGated, seed }: Case): Tensors {
  let state = seed | 1;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const blocks = Math.ceil(inputs / block);
  return {
    x: Float32Array.from(
      { length: rows * inputs * (isGated ? 2 : 1) },
      () => (random() - 0.5) * (random() < 0.02 ? 50 : 1),
    ),
    q: Uint8Array.from({ length: (outputs * blocks * block * bits) / 8 }, () => random() * 256),
    scales: Float32Array.from({ length: outputs * blocks }, () => 0.01 + random() / 10),
    zeros:
      bits === 4
        ? Uint8Array.from({ length: outputs * Math.ceil(blocks / 2) }, () => random() * 256)
        : undefined,
    bias: bits === 8 && hasBias ? Float32Array.from({ length: outputs }, random) : undefined,
  };
}

async function multiply(
  backend: GraphBackend,
  operator: string,
  given: Case,
  tensors: Tensors,
): Promise<Float32Array> {
  const session = await backend.open(await write(operator, given, tensors), given.threads);
  const { rows, outputs } = given;
  const y = new Float32Array(rows * outputs);
  await session.run(
    { x: { data: tensors.x, dims: [1, rows, tensors.x.length / rows] } },
    { y: { data: y, dims: [1, rows, outputs] } },
  );
  await session.release();
  return y;
}

const FLOAT = 1;
const BYTE = 2;

/** Names of a node's inputs: onnxruntime has a place for each that may be missing, the engine's have those that are used. */
function inputsOf(operator: string, { zeros, bias }: Tensors): string[] {
  const weights = ['x', 'q', 'scales', ...(zeros ? ['zeros'] : [])];
  if (!bias) return weights;
  return operator === 'com.microsoft.MatMulNBits' ? [...weights, '', '', 'bias'] : [...weights, 'bias'];
}

/** Writes a graph of one product and returns its path. */
async function write(operator: string, given: Case, tensors: Tensors): Promise<string> {
  const { inputs, outputs, bits, block } = given;
  const { q, scales, zeros, bias } = tensors;
  const [, domain = '', opType = ''] = /^(.*)\.(\w+)$/.exec(operator) ?? [];
  const blocks = Math.ceil(inputs / block);
  const tensor = (
    name: string,
    dataType: number,
    data: Float32Array | Uint8Array,
    dims: number[],
  ): object => ({
    name,
    dims,
    dataType,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
  const value = (name: string): object => ({
    name,
    type: {
      tensorType: {
        elemType: FLOAT,
        shape: { dim: [{ dimParam: 'batch' }, { dimParam: 'rows' }, { dimParam: `${name}_columns` }] },
      },
    },
  });
  const integer = (name: string, i: number): object => ({ name, i, type: 2 });
  const model = encodeModel({
    irVersion: 10,
    opsetImport: [
      { domain: '', version: 23 },
      { domain, version: 1 },
    ],
    graph: {
      name: 'product',
      node: [
        {
          opType,
          domain,
          input: inputsOf(operator, tensors),
          output: ['y'],
          attribute: [
            integer('K', inputs),
            integer('N', outputs),
            integer('block_size', block),
            integer('bits', bits),
            integer('accuracy_level', 4),
            ...(domain === 'qwenvl' ? [integer('gated', given.isGated ? 1 : 0)] : []),
          ],
        },
      ],
      initializer: [
        tensor('q', BYTE, q, [outputs, blocks, (block * bits) / 8]),
        tensor('scales', FLOAT, scales, [scales.length]),
        ...(zeros ? [tensor('zeros', BYTE, zeros, [zeros.length])] : []),
        ...(bias ? [tensor('bias', FLOAT, bias, [bias.length])] : []),
      ],
      input: [value('x')],
      output: [value('y')],
    },
  });
  const path = join(folder, 'product.onnx');
  await writeFile(path, model);
  return path;
}
