import { afterAll, describe, expect, it } from 'vitest';

import { ImageRefusedError, KtpError } from '../errors.js';
import { FIELD_NAMES } from '../fields/field-names.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import { resize } from '../imaging/resize.js';
import { warp } from '../imaging/warp.js';
import { loadSpecimen } from '../testing/specimen.js';
import { AutoReader } from './auto-reader.js';
import { ModelReader } from './model-reader.js';
import { OcrReader } from './ocr-reader.js';

const DEADLINE = 120_000;
const { image, fields } = await loadSpecimen();
const reader = new OcrReader({ threads: 1 });
afterAll(() => reader.close());

function reasonOf(error: unknown): string {
  return ImageRefusedError.isInstance(error) ? error.reason : String(error);
}

/** The picture in the middle of one that is twice as high. */
function onTable({ width, height, data }: RgbImage): RgbImage {
  const table = plain(width, height * 2, 90);
  table.data.set(data, width * Math.round(height / 2) * 3);
  return table;
}

function plain(width: number, height: number, level: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(level) };
}

describe('OcrReader', () => {
  it('reads every field of the specimen', { timeout: DEADLINE }, async () => {
    const result = await reader.read(image);
    const values = Object.fromEntries(FIELD_NAMES.map((name) => [name, result.detail[name].value]));
    expect(values).toEqual(fields);
    expect(result.alamat.name).toBe(fields['alamat']);
    expect(result.detail.nik).toMatchObject({ source: 'ocr', agreement: null });
    expect(result.detail.nik.confidence).toBeGreaterThan(0.8);
    expect(result.detail.nik.box).toHaveLength(4);
  });

  it('reads the same with two threads', { timeout: DEADLINE }, async () => {
    const divided = new OcrReader({ threads: 2 });
    const [alone, together] = await Promise.all([reader.read(image), divided.read(image)]);
    await divided.close();
    expect(together).toEqual(alone);
  });

  it.each([
    ['upside down', [-1, 0, image.width, 0, -1, image.height, 0, 0, 1], image.width, image.height],
    ['turned left', [0, -1, image.width, 1, 0, 0, 0, 0, 1], image.height, image.width],
    ['turned right', [0, 1, 0, -1, 0, image.height, 0, 0, 1], image.height, image.width],
  ] as const)('reads a card that lies %s', { timeout: DEADLINE }, async (_, toSource, width, height) => {
    const result = await reader.read(warp(image, toSource, width, height));
    expect(result.nik).toBe(fields['nik']);
    expect(result.nama).toBe(fields['nama']);
  });

  it('refuses with the reason', { timeout: DEADLINE }, async () => {
    const refused = (picture: RgbImage) => reader.read(picture).catch(reasonOf);
    expect(await refused(plain(800, 600, 3))).toBe('too_dark');
    expect(await refused(plain(800, 600, 180))).toMatch(/not_a_ktp|blurred/);
    expect(await refused(resize(image, 360, 235))).toBe('too_small');
    const half = Math.round(image.width * 0.6);
    expect(await refused(warp(image, [1, 0, image.width - half, 0, 1, 0, 0, 0, 1], half, image.height))).toBe(
      'cropped',
    );
  });

  it('remarks on a picture without colour', { timeout: DEADLINE }, async () => {
    const grey = new Uint8Array(image.data.length);
    for (let i = 0; i < grey.length; i += 3) grey.fill(image.data[i + 1] ?? 0, i, i + 3);
    const result = await reader.read({ ...image, data: grey });
    expect(result.warnings.map(({ code }) => code)).toContain('photocopy');
  });

  it(
    'stops when the caller does, when time is up, and refuses what would wait too long',
    { timeout: DEADLINE },
    async () => {
      await expect(reader.read(image, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow(
        'gone',
      );
      const hasty = new OcrReader({ threads: 1, timeoutMs: 1 });
      await expect(hasty.read(image)).rejects.toMatchObject({ code: 'ocr_timeout' });
      await hasty.close();
      const narrow = new OcrReader({ threads: 1, maxPending: 1 });
      const first = narrow.read(image);
      await expect(narrow.read(image)).rejects.toMatchObject({ code: 'ocr_queue_full' });
      await narrow.close();
      await expect(first).rejects.toSatisfy(
        (error) => KtpError.isInstance(error) && error.code === 'ocr_failed',
      );
    },
  );
});

describe('AutoReader', () => {
  it('asks the model about what is doubtful and keeps both readings', { timeout: DEADLINE }, async () => {
    // White paint over the name: offline it is missing.
    const data = image.data.slice();
    const [top, bottom] = [0.255, 0.31].map((part) => Math.round(image.height * part));
    for (let y = top ?? 0; y < (bottom ?? 0); y++) {
      const row = y * image.width * 3;
      data.fill(200, row + Math.round(image.width * 0.27) * 3, row + Math.round(image.width * 0.72) * 3);
    }
    const asked: (string | undefined)[] = [];
    const shown: RgbImage[] = [];
    const model = new ModelReader({
      ask: ({ prediction, image: picture }) => {
        asked.push(prediction);
        shown.push(picture);
        return Promise.resolve(
          JSON.stringify({ nama: 'NAMA DARI MODEL', agama: 'LAIN', nik: fields['nik'] }),
        );
      },
    });
    const result = await new AutoReader(reader, model).read(onTable({ ...image, data }));
    expect(asked).toEqual([
      expect.stringMatching(`"nik": "${fields['nik'] ?? ''}", "nama": (null|"[^"]*"), "tempat_lahir"`),
    ]);
    // The model is shown the card without the table: what is shown can be read again.
    const [card] = shown;
    if (!card) throw new Error('the model was not asked');
    expect(card.width).toBeLessThanOrEqual(1024);
    expect(card.width / card.height).toBeCloseTo(1.5, 1);
    expect((await reader.read(card)).nik).toBe(fields['nik']);
    expect(result.nama).toBe('NAMA DARI MODEL');
    expect(result.detail.nama).toMatchObject({ source: 'vlm', confidence: null, agreement: null });
    expect(result.detail.nik).toMatchObject({ source: 'ocr', agreement: 'agree' });
    expect(result.detail.agama).toMatchObject({ value: fields['agama'], agreement: 'differ', other: 'LAIN' });
    expect(result.warnings.map(({ code }) => code)).toContain('readers_differ');
  });
});
