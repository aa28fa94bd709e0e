import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sniffFormat } from '../source/sniff.js';
import { decodeImage } from './decode-image.js';

const fixtures = new URL('../../fixtures/images/', import.meta.url);
const cases = z
  .array(
    z.object({
      file: z.string(),
      width: z.number(),
      height: z.number(),
      sha256: z.string(),
      tolerance: z.number().default(0),
    }),
  )
  .parse(JSON.parse(read('expected.json').toString()));

describe('decodeImage', () => {
  it.each(cases)('sees $file as Pillow does, within $tolerance levels', async (expected) => {
    const bytes = read(expected.file);
    const format = await sniffFormat(bytes);
    const image = await decodeImage(bytes, format!.image!, 1_000_000);
    expect({ width: image.width, height: image.height }).toEqual({
      width: expected.width,
      height: expected.height,
    });
    expect(image.data).toHaveLength(expected.width * expected.height * 3);
    if (expected.tolerance === 0) expect(sha256(image.data)).toBe(expected.sha256);
    else
      expect(largestDifference(image.data, inflateSync(read(`${expected.file}.rgb.zz`)))).toBeLessThanOrEqual(
        expected.tolerance,
      );
  });
});

function read(name: string): Buffer {
  return readFileSync(new URL(name, fixtures));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? 0))), 0);
}
