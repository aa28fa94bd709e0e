import { readFile } from 'node:fs/promises';
import { type KtpReader, KtpError, OcrReader } from '@qwenvl/ktp';
import { MediaLoader } from '@qwenvl/media';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { Admission } from '../admission/admission.js';
import { createApp } from '../app.js';
import { ModelHost } from '../model/model-host.js';
import { type KtpRoutesOptions, registerKtpRoutes } from './register-ktp.js';

const DEADLINE = 120_000;
const fixtures = new URL('../../../../libs/ktp/fixtures/', import.meta.url);
const jpeg = await readFile(new URL('specimen.jpg', fixtures));
const known = JSON.parse(await readFile(new URL('specimen.json', fixtures), 'utf8')) as {
  fields: Record<string, string>;
};
const media = new MediaLoader();
const ocr = new OcrReader({ threads: 1 });
afterAll(async () => {
  await Promise.all([media.close(), ocr.close()]);
});

const lines: string[] = [];
const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });

function makeApp(options: Partial<KtpRoutesOptions> = {}, maxBodyBytes = 64 * 2 ** 20) {
  return createApp({
    host: new ModelHost('tiny', () => new Promise(() => undefined)),
    context: { maxTokens: undefined, safetyMargin: 0, autoCompression: true },
    log,
    apiKeys: [],
    corsOrigins: [],
    maxBodyBytes,
    created: 1,
    routes: [
      registerKtpRoutes({
        media,
        readers: { ocr },
        admission: new Admission({ maxConcurrency: 1, maxQueue: 1 }),
        timeoutSeconds: 100,
        ...options,
      }),
    ],
  });
}

function form(file: Uint8Array<ArrayBuffer> | undefined, name = 'image'): RequestInit {
  const body = new FormData();
  if (file) body.set(name, new Blob([file]), 'card.jpg');
  return { method: 'POST', body };
}

function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));
const codeOf = async (response: Response) =>
  [response.status, ((await response.json()) as { error: { code: string } }).error.code] as const;

/** Waits until it is told to stop. */
const stuck: KtpReader = {
  read: (_, options) =>
    new Promise((_resolve, reject) => {
      options?.signal?.addEventListener('abort', () => {
        reject(new DOMException('stopped', 'AbortError'));
      });
    }),
};

describe('POST /ktp-ocr', () => {
  it('reads an uploaded card', { timeout: DEADLINE }, async () => {
    const response = await makeApp().request('/ktp-ocr/', form(new Uint8Array(jpeg)));
    expect(response.status).toBe(200);
    const card = (await response.json()) as {
      nik: string;
      nama: string;
      alamat: { rt_rw: string };
      detail: object;
    };
    expect(card.nik).toBe(known.fields['nik']);
    expect(card.nama).toBe(known.fields['nama']);
    expect(card.alamat.rt_rw).toBe(known.fields['rt_rw']);
    expect(card.detail).toHaveProperty('nik.confidence');
  });

  it('reads a card from JSON, without the slash', { timeout: DEADLINE }, async () => {
    const url = `data:image/jpeg;base64,${jpeg.toString('base64')}`;
    const response = await makeApp().request('/ktp-ocr', json({ image: { url }, reader: 'ocr' }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ nik: known.fields['nik'] });
  });

  it('writes nothing of a card into the log', () => {
    const text = lines.join('');
    expect(text).not.toBe('');
    for (const value of [
      known.fields['nik'],
      known.fields['nama'],
      jpeg.toString('base64').slice(200, 260),
    ]) {
      expect(text).not.toContain(value);
    }
  });

  it.each<[string, RequestInit, number, string]>([
    ['no file', form(undefined), 400, 'missing_image'],
    ['a file of another name', form(bytes('x'), 'photo'), 400, 'missing_image'],
    ['an empty file', form(bytes('')), 422, 'media_corrupt'],
    [
      'a PDF',
      form(bytes('%PDF-1.7\n%âãÏÓ\n1 0 obj\n<< >>\nendobj\ntrailer')),
      415,
      'media_unsupported_format',
    ],
    ['a cut-off picture', form(new Uint8Array(jpeg.subarray(0, 20_000))), 422, 'media_corrupt'],
    [
      'a broken form',
      { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: 'y' },
      400,
      'invalid_form',
    ],
    ['plain text', { method: 'POST', body: 'hello' }, 415, 'unsupported_content_type'],
    ['JSON without a picture', json({}), 400, 'invalid_value'],
    ['a field that is not known', json({ image: 'data:,', model: 'x' }), 400, 'invalid_value'],
    ['a local path', json({ image: '/etc/passwd' }), 400, 'media_blocked_path'],
    ['an internal address', json({ image: 'http://127.0.0.1/card.jpg' }), 400, 'media_blocked_address'],
    ['a model that is not there', json({ image: 'data:,', reader: 'vlm' }), 400, 'invalid_value'],
  ])('answers %s with the right error', async (_, init, status, code) => {
    expect(await codeOf(await makeApp().request('/ktp-ocr', init))).toEqual([status, code]);
  });

  it('answers 413 for a file that is too large', async () => {
    const small = new MediaLoader({ maxImageBytes: 1000 });
    const response = await makeApp({ media: small }).request('/ktp-ocr', form(new Uint8Array(jpeg)));
    expect(await codeOf(response)).toEqual([413, 'image_too_large']);
    await small.close();
    expect((await makeApp({}, 1000).request('/ktp-ocr', form(new Uint8Array(jpeg)))).status).toBe(413);
  });

  it('answers 422 with the reason for another picture', { timeout: DEADLINE }, async () => {
    const white = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==',
      'base64',
    );
    const [status, code] = await codeOf(await makeApp().request('/ktp-ocr', form(new Uint8Array(white))));
    expect(status).toBe(422);
    expect(['not_a_ktp', 'blurred', 'too_dark']).toContain(code);
  });

  it('refuses what does not fit before it is decoded, and frees the place of a client that left', async () => {
    const app = makeApp({ readers: { ocr: stuck } });
    const client = new AbortController();
    const send = () => app.request('/ktp-ocr', { ...form(new Uint8Array(jpeg)), signal: client.signal });
    const [first, second] = [send(), send()];
    const third = await app.request('/ktp-ocr', form(new Uint8Array(jpeg)));
    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).not.toBeNull();
    client.abort();
    await Promise.allSettled([first, second]);
    const later = makeApp({ readers: { ocr: stuck }, timeoutSeconds: 0.05 });
    expect(await codeOf(await later.request('/ktp-ocr', form(new Uint8Array(jpeg))))).toEqual([
      504,
      'ocr_timeout',
    ]);
  });

  it.each([
    ['ocr_timeout', 504],
    ['ocr_queue_full', 429],
    ['model_answer_invalid', 502],
    ['ocr_failed', 500],
  ] as const)('answers the reader error %s with %d', async (code, status) => {
    const failing: KtpReader = { read: () => Promise.reject(new KtpError(code, 'no')) };
    const response = await makeApp({ readers: { ocr: failing } }).request(
      '/ktp-ocr',
      form(new Uint8Array(jpeg)),
    );
    expect(await codeOf(response)).toEqual([status, code]);
  });
});
