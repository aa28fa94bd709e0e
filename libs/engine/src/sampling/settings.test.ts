import { expect, it } from 'vitest';
import { neutralSampling, resolveSampling } from './settings.js';

it('fills in the defaults of the checkpoint', () => {
  const defaults = { ...neutralSampling, topK: 20 };
  expect(resolveSampling({ temperature: 0.5, logitBias: { 3: -100 } }, defaults, 10)).toEqual({
    ...defaults,
    temperature: 0.5,
    logitBias: [[3, -100]],
  });
});

it.each([
  ['temperature', { temperature: -1 }],
  ['temperature', { temperature: NaN }],
  ['topP', { topP: 0 }],
  ['topK', { topK: 1.5 }],
  ['minP', { minP: 2 }],
  ['repetitionPenalty', { repetitionPenalty: 0 }],
  ['presencePenalty', { presencePenalty: 3 }],
  ['frequencyPenalty', { frequencyPenalty: -3 }],
  ['logitBias', { logitBias: { 3: 101 } }],
  ['logitBias', { logitBias: { 10: 1 } }],
  ['seed', { seed: -1 }],
])('refuses a bad %s', (name, options) => {
  expect(() => resolveSampling(options, neutralSampling, 10)).toThrow(
    expect.objectContaining({ code: 'invalid-request', message: expect.stringContaining(name) as string }),
  );
});
