import { describe, expect, it } from 'vitest';
import { ImageRefusedError } from '../errors.js';
import type { RawFields } from '../fields/raw-field.js';
import { MODEL_ANSWER_SCHEMA, parseModelAnswer, writeModelAnswer } from './model-answer.js';
import { ModelReader, type ModelReaderOptions } from './model-reader.js';

const image = { width: 1, height: 1, data: new Uint8Array(3) };

describe('ModelReader', () => {
  it('hands over picture, question and schema, and validates the answer like any other', async () => {
    const asked: unknown[] = [];
    const reader = new ModelReader({
      ask: (request) => {
        asked.push(request);
        return Promise.resolve('{"nik": "123", "jenis_kelamin": "PEREMPUAN"}');
      },
    });
    const result = await reader.read(image);
    expect(asked).toEqual([
      {
        image,
        prompt: expect.stringContaining('KTP') as string,
        schema: MODEL_ANSWER_SCHEMA,
        prediction: undefined,
        signal: undefined,
      },
    ]);
    expect(result.nik).toBe('123');
    expect(result.detail.nik.warnings.map(({ code }) => code)).toEqual(['nik_length']);
    expect(result.nama).toBeNull();
  });

  /** A reader's result beside the predictions that its model was given. */
  async function predicted(readRaw: NonNullable<ModelReaderOptions['predictor']>['readRaw']) {
    const predictions: (string | undefined)[] = [];
    const model = {
      ask: ({ prediction }: { readonly prediction?: string | undefined }) => {
        predictions.push(prediction);
        return Promise.resolve('{"nama": "SITI SPESIMEN"}');
      },
    };
    const result = await new ModelReader(model, { predictor: { readRaw } }).read(image);
    return { result, predictions };
  }

  it('gives what another reader has read as the prediction, and answers what the model does', async () => {
    const fields: RawFields = parseModelAnswer('{"nik": "3171234506900001", "nama": "SITI"}');
    const { result, predictions } = await predicted(() =>
      Promise.resolve({ fields, warnings: [], toPicture: undefined }),
    );
    expect(predictions).toEqual([writeModelAnswer(fields)]);
    expect(result.nama).toBe('SITI SPESIMEN');
    expect(result.nik).toBeNull();
    expect(result.detail.nama).toMatchObject({ source: 'vlm', agreement: null });
  });

  it('asks without a prediction where the other reader refuses the picture', async () => {
    const { result, predictions } = await predicted(() => Promise.reject(new ImageRefusedError('too_small')));
    expect(predictions).toEqual([undefined]);
    expect(result.nama).toBe('SITI SPESIMEN');
  });

  it('passes on what is no error of reading', async () => {
    await expect(predicted(() => Promise.reject(new RangeError('gone')))).rejects.toThrow('gone');
  });
});
