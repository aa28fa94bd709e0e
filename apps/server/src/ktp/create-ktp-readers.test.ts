import { readFile } from 'node:fs/promises';
import { KtpError } from '@qwenvl/ktp';
import { MediaLoader } from '@qwenvl/media';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../config/config-schema.js';
import { ModelHost } from '../model/model-host.js';
import { ScriptedEngine, scriptedModel } from '../testing/scripted-engine.js';
import { createKtpReaders, type KtpConfig } from './create-ktp-readers.js';

const DEADLINE = 60_000;
const defaults = configSchema.parse({});
const grey = { width: 800, height: 500, data: new Uint8Array(800 * 500 * 3).fill(200) };

async function specimen() {
  const media = new MediaLoader();
  const file = new URL('../../../../libs/ktp/fixtures/specimen.jpg', import.meta.url);
  const image = await media.loadImage({ type: 'bytes', bytes: await readFile(file) });
  await media.close();
  return image;
}

/** What the model is asked when `vlm` reads the specimen, and who reads when nobody is named. */
async function asked(settings: Partial<KtpConfig>) {
  const engine = new ScriptedEngine(() => ({ pieces: ['{"nama": "SITI', ' SPESIMEN"}'] }));
  const host = new ModelHost('scripted', () => Promise.resolve(scriptedModel(engine)), 10);
  const ktp = createKtpReaders(host, { ...defaults, ...settings });
  const result = await ktp.readers.vlm?.read(await specimen());
  await ktp.close();
  expect(result?.nama).toBe('SITI SPESIMEN');
  expect(result?.nik).toBeNull();
  return { defaultReader: ktp.defaultReader, prediction: engine.requests[0]?.prediction };
}

describe('createKtpReaders', () => {
  it('makes an offline reader that keeps to the time limit by itself', { timeout: DEADLINE }, async () => {
    const host = new ModelHost('tiny', () => new Promise(() => undefined));
    const ktp = createKtpReaders(host, { ...defaults, OCR_TIMEOUT_SECONDS: 0.001 });
    const error: unknown = await ktp.readers.ocr.read(grey).catch((reason: unknown) => reason);
    await ktp.close();
    expect(KtpError.isInstance(error) && error.code).toBe('ocr_timeout');
  });

  it('lets a checkpoint answer with the offline reading as prediction', { timeout: DEADLINE }, async () => {
    const { prediction, defaultReader } = await asked({ MODEL_REPO_ID: 'Qwen/Qwen3-VL-2B-Instruct' });
    expect(prediction).toMatch(/^\{"nik": "\d{16}", "nama": "[A-Z ]+"/);
    expect(defaultReader).toBe('auto');
  });

  it.each<[string, Partial<KtpConfig>, string]>([
    ['the embedded model', {}, 'ocr'],
    ['another server', { ENGINE: 'openai' }, 'auto'],
    ['a deterministic engine', { MODEL_REPO_ID: 'x/y', DETERMINISTIC: true }, 'auto'],
  ])('makes no prediction for %s', { timeout: DEADLINE }, async (_, settings, reader) => {
    expect(await asked(settings)).toEqual({ defaultReader: reader, prediction: undefined });
  });
});
