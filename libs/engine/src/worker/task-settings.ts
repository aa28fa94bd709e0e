import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import { resolveSampling, type SamplingSettings } from '../sampling/settings.js';
import type { ChatTask, GenerateTask } from './protocol.js';

/** Most alternatives that may be asked for with each token. */
export const maxTopLogprobs = 20;

/** Characters of the longest prediction. */
const maxPrediction = 200_000;

/** What a task asks for besides its prompt, checked and with defaults filled in. */
export interface TaskSettings {
  readonly sampling: SamplingSettings;
  readonly seed: number;
  readonly topLogprobs: number | undefined;
  readonly stop: readonly string[];
  /** Undefined: as many as the context leaves. */
  readonly maxTokens: number | undefined;
  readonly continueFrom: readonly number[];
  readonly replay: 'chunked' | 'exact';
  readonly cacheScope: string;
  readonly prediction: string | undefined;
}

const settingsSchema = z.object({
  maxTokens: z.int().min(1).optional(),
  stop: z.array(z.string()).default([]),
  topLogprobs: z.int().min(0).max(maxTopLogprobs).optional(),
  continueFrom: z.array(z.int().min(0)).default([]),
  replay: z.enum(['chunked', 'exact']).default('chunked'),
  cacheScope: z.string().max(1024).default(''),
  prediction: z.string().max(maxPrediction).optional(),
  overflow: z.enum(['drop-oldest', 'error']).optional(),
});

/** Seeds drawn here stay below 2^48, the most that one draw gives. */
const seedBound = 2 ** 48 - 1;

/**
 * @param defaults the checkpoint's sampling
 * @throws EngineError `invalid-request`, naming the option and what is allowed
 */
export function taskSettings(
  task: Omit<ChatTask, 'messages'> | GenerateTask,
  defaults: SamplingSettings,
  vocabSize: number,
): TaskSettings {
  const parsed = settingsSchema.safeParse(task);
  if (!parsed.success) throw new EngineError('invalid-request', `Request: ${z.prettifyError(parsed.error)}`);
  const { maxTokens, stop, topLogprobs, continueFrom, replay, cacheScope, prediction } = parsed.data;
  if (continueFrom.some((id) => id >= vocabSize)) {
    throw new EngineError(
      'invalid-request',
      `continueFrom has an id outside the vocabulary of ${vocabSize}.`,
    );
  }
  if (maxTokens !== undefined && continueFrom.length > maxTokens) {
    throw new EngineError('invalid-request', `continueFrom is longer than maxTokens (${maxTokens}) allows.`);
  }
  const given = task.sampling ?? {};
  return {
    sampling: resolveSampling(given, defaults, vocabSize),
    seed: given.seed ?? randomInt(seedBound),
    topLogprobs,
    stop,
    maxTokens,
    continueFrom,
    replay,
    cacheScope,
    prediction,
  };
}
