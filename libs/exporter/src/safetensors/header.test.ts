import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExporterError } from '../errors.js';
import { parseHeader, parseHeaderLength } from './header.js';

const encode = (header: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(header));
const GOOD = {
  __metadata__: { format: 'pt' },
  b: { dtype: 'BF16', shape: [2, 3], data_offsets: [4, 16] },
  a: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
  empty: { dtype: 'F16', shape: [0, 5], data_offsets: [16, 16] },
};

function parse(header: unknown, dataBytes = 16): ReturnType<typeof parseHeader> {
  const bytes = encode(header);
  return parseHeader(bytes, 8 + bytes.byteLength + dataBytes, 'x.safetensors');
}

describe('parseHeader', () => {
  it('finds each tensor from the start of the file', () => {
    const start = 8 + encode(GOOD).byteLength;
    expect(Object.fromEntries(parse(GOOD))).toEqual({
      a: { dtype: 'F32', shape: [], offset: start, bytes: 4 },
      b: { dtype: 'BF16', shape: [2, 3], offset: start + 4, bytes: 12 },
      empty: { dtype: 'F16', shape: [0, 5], offset: start + 16, bytes: 0 },
    });
  });

  it.each([
    ['an unknown type', { a: { dtype: 'F12', shape: [1], data_offsets: [0, 4] } }, 4],
    ['a range that does not fit the shape', { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4],
    ['a negative size', { a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4],
    ['a fractional offset', { a: { dtype: 'F32', shape: [1], data_offsets: [0.5, 4.5] } }, 5],
    ['an extra field', { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], more: 1 } }, 4],
    ['a hole', { a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 8],
    ['a size beyond all numbers', { a: { dtype: 'F32', shape: [1e15, 1e15], data_offsets: [0, 4] } }, 4],
    [
      'an overlap',
      {
        a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      8,
    ],
    ['a list', [1], 0],
    ['a cut file', { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 3],
    ['trailing bytes', { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 5],
  ])('refuses %s', (_, header, bytes) => {
    expect(() => parse(header, bytes)).toThrow(expect.objectContaining({ code: 'corrupt-file' }));
  });

  it('gives a typed error or a consistent result for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(400), (bytes, size) => {
        isRefusedOrConsistent(bytes, 8 + bytes.byteLength + size);
      }),
    );
  });

  it('gives a typed error or a consistent result for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(400), (json, size) => {
        const bytes = new TextEncoder().encode(json);
        isRefusedOrConsistent(bytes, 8 + bytes.byteLength + size);
      }),
    );
  });

  it('gives a typed error or a consistent result for damaged headers', () => {
    const good = encode(GOOD);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (position, value) => {
        const bytes = good.slice();
        bytes[position] = value;
        isRefusedOrConsistent(bytes, 8 + bytes.byteLength + 16);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseHeaderLength', () => {
  const prefix = (length: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(length).buffer);

  it('reads the length', () => {
    expect(parseHeaderLength(prefix(100n), 200, 'x')).toBe(100);
  });

  it.each([
    ['a file shorter than the length itself', new Uint8Array(3), 3],
    ['a header longer than the file', prefix(100n), 107],
    ['a length that only another format would have', prefix(2n ** 63n), 1e9],
  ])('refuses %s', (_, bytes, size) => {
    expect(() => parseHeaderLength(bytes, size, 'x')).toThrow(
      expect.objectContaining({ code: 'corrupt-file' }),
    );
  });
});

function isRefusedOrConsistent(bytes: Uint8Array, fileBytes: number): void {
  let end = 8 + bytes.byteLength;
  try {
    const tensors = [...parseHeader(bytes, fileBytes, 'x').values()];
    for (const { offset, bytes: size } of tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes)) {
      expect(offset).toBe(end);
      end += size;
    }
    expect(end).toBe(fileBytes);
  } catch (error) {
    if (!ExporterError.isInstance(error)) throw error;
    expect(error.code).toBe('corrupt-file');
  }
}
