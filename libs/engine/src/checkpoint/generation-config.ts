import { z } from 'zod';
import { neutralSampling, type SamplingSettings } from '../sampling/settings.js';

/** What a checkpoint recommends for generation. */
export interface GenerationDefaults {
  /** Tokens that end an answer. */
  readonly eosIds: readonly number[];
  readonly sampling: SamplingSettings;
}

/** `generation_config.json`. With `do_sample: false` the default is greedy. */
export const generationConfigSchema: z.ZodType<GenerationDefaults> = z
  .object({
    eos_token_id: z.union([z.int().min(0), z.array(z.int().min(0)).min(1)]).nullish(),
    do_sample: z.boolean().nullish(),
    temperature: z.number().positive().nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    top_k: z.int().min(0).nullish(),
    min_p: z.number().min(0).max(1).nullish(),
    repetition_penalty: z.number().positive().nullish(),
  })
  .transform((json) => ({
    eosIds: [json.eos_token_id ?? []].flat(),
    sampling: {
      ...neutralSampling,
      temperature: json.do_sample === true ? (json.temperature ?? 1) : 0,
      topP: json.top_p ?? 1,
      topK: json.top_k ?? 0,
      minP: json.min_p ?? 0,
      repetitionPenalty: json.repetition_penalty ?? 1,
    },
  }));
