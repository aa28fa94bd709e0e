import { KtpError } from '@qwenvl/ktp';
import { describe, expect, it } from 'vitest';
import { ModelHost } from '../model/model-host.js';
import { createKtpReaders } from './create-ktp-readers.js';

const DEADLINE = 30_000;
const image = { width: 800, height: 500, data: new Uint8Array(800 * 500 * 3).fill(200) };

describe('createKtpReaders', () => {
  it('makes an offline reader that keeps to the time limit by itself', { timeout: DEADLINE }, async () => {
    const ktp = createKtpReaders(new ModelHost('tiny', () => new Promise(() => undefined)), 0.001, true);
    const error: unknown = await ktp.readers.ocr.read(image).catch((reason: unknown) => reason);
    await ktp.close();
    expect(KtpError.isInstance(error) && error.code).toBe('ocr_timeout');
  });
});
