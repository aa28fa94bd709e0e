import { MODEL_ANSWER_SCHEMA, ModelReader } from '@qwenvl/ktp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { configSchema } from '../config/config-schema.js';
import { createModelLoader } from '../model/load-model.js';
import type { LoadedModel } from '../model/model-host.js';
import { engineVisionModel } from './engine-vision-model.js';

const DEADLINE = 180_000;
let model: LoadedModel;
beforeAll(async () => {
  model = await createModelLoader(configSchema.parse({}))(() => undefined);
}, DEADLINE);
afterAll(() => model.engine.close());

const image = (level: number) => ({
  width: 256,
  height: 160,
  data: new Uint8Array(256 * 160 * 3).fill(level),
});

describe('engineVisionModel', () => {
  it.each([0, 90, 255])(
    'answers a picture of level %d with JSON of the schema',
    { timeout: DEADLINE },
    async (level) => {
      const vision = engineVisionModel(() => Promise.resolve(model));
      const picture = image(level);
      const text = await vision.ask({
        image: picture,
        prompt: 'Salin data KTP.',
        schema: MODEL_ANSWER_SCHEMA,
      });
      const fields = JSON.parse(text) as Record<string, unknown>;
      expect(Object.keys(fields)).toEqual([...MODEL_ANSWER_SCHEMA.required]);
      for (const value of Object.values(fields))
        expect(value === null || typeof value === 'string').toBe(true);
      expect(picture.data).toHaveLength(256 * 160 * 3);
    },
  );

  it('answers the same with a prediction', { timeout: DEADLINE }, async () => {
    const vision = engineVisionModel(() => Promise.resolve(model));
    const ask = (prediction?: string) =>
      vision.ask({ image: image(90), prompt: 'Salin data KTP.', schema: MODEL_ANSWER_SCHEMA, prediction });
    const answer = await ask();
    expect(await ask(answer)).toBe(answer);
    expect(await ask(answer.replaceAll('e', 'x'))).toBe(answer);
  });

  it.each([
    [16_777_216, 1_310_720],
    [190_464, 190_464],
    [undefined, 1_310_720],
  ])('shows a model that takes %s pixels no more than %d', { timeout: DEADLINE }, async (takes, shown) => {
    const generate = vi.spyOn(model.engine, 'generate');
    const profile = { ...model.profile, maxImagePixels: takes };
    const vision = engineVisionModel(() => Promise.resolve({ ...model, profile }));
    await vision.ask({ image: image(20), prompt: 'Salin data KTP.', schema: MODEL_ANSWER_SCHEMA });
    expect(generate.mock.lastCall?.[0].messages[0]?.content[0]).toMatchObject({ maxPixels: shown });
    generate.mockRestore();
  });

  it('serves the card reader end to end', { timeout: DEADLINE }, async () => {
    const result = await new ModelReader(engineVisionModel(() => Promise.resolve(model))).read(image(128));
    expect(result).toHaveProperty('nik');
    for (const detail of Object.values(result.detail)) expect(['vlm', null]).toContain(detail.source);
  });

  it('stops when the caller does', { timeout: DEADLINE }, async () => {
    const vision = engineVisionModel(() => Promise.resolve(model));
    const request = {
      image: image(1),
      prompt: 'Salin.',
      schema: MODEL_ANSWER_SCHEMA,
      signal: AbortSignal.timeout(1),
    };
    await expect(vision.ask(request)).rejects.toBeDefined();
  });
});
