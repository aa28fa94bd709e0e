import { z } from 'zod';
import { EngineError } from '../errors.js';
import type { SamplingOptions } from '../types.js';

/** Sampling options with every default filled in. */
export interface SamplingSettings {
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  readonly repetitionPenalty: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** Token id and added logit. */
  readonly logitBias: readonly (readonly [id: number, bias: number])[];
}

/** Nothing changes the model's own distribution. */
export const neutralSampling: SamplingSettings = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  logitBias: [],
};

const optionsSchema = z.object({
  temperature: z.number().min(0).optional(),
  topP: z.number().gt(0).max(1).optional(),
  topK: z.int().min(0).optional(),
  minP: z.number().min(0).max(1).optional(),
  repetitionPenalty: z.number().gt(0).optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  logitBias: z.record(z.string().regex(/^\d+$/), z.number().min(-100).max(100)).optional(),
  seed: z.int().min(0).optional(),
});

/**
 * Checks a request's options and fills in the checkpoint's defaults.
 *
 * @param vocabSize ids of `logitBias` must be below it
 * @throws {EngineError} `invalid-request`, naming the option and what is allowed
 */
export function resolveSampling(
  options: SamplingOptions,
  defaults: SamplingSettings,
  vocabSize: number,
): SamplingSettings {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success)
    throw new EngineError('invalid-request', `Sampling options: ${z.prettifyError(parsed.error)}`);
  const given = parsed.data;
  const logitBias = given.logitBias
    ? Object.entries(given.logitBias).map(([id, bias]) => [Number(id), bias] as const)
    : defaults.logitBias;
  for (const [id] of logitBias) {
    if (id >= vocabSize)
      throw new EngineError(
        'invalid-request',
        `logitBias names token ${id}; the vocabulary ends at ${vocabSize - 1}.`,
      );
  }
  return {
    temperature: given.temperature ?? defaults.temperature,
    topP: given.topP ?? defaults.topP,
    topK: given.topK ?? defaults.topK,
    minP: given.minP ?? defaults.minP,
    repetitionPenalty: given.repetitionPenalty ?? defaults.repetitionPenalty,
    presencePenalty: given.presencePenalty ?? defaults.presencePenalty,
    frequencyPenalty: given.frequencyPenalty ?? defaults.frequencyPenalty,
    logitBias,
  };
}
