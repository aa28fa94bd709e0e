import type { SamplingOptions } from '@qwenvl/engine';
import type { ChatRequest } from '@qwenvl/openai';

/** The sampling parameters that chat and plain completions share. */
export type SamplingRequest = Pick<
  ChatRequest,
  | 'temperature'
  | 'top_p'
  | 'top_k'
  | 'min_p'
  | 'repetition_penalty'
  | 'presence_penalty'
  | 'frequency_penalty'
  | 'logit_bias'
>;

/** How the next token is chosen, in the engine's words; the seed is the stream's. */
export function toSampling(
  request: SamplingRequest,
  defaults: { readonly temperature?: number | undefined },
): SamplingOptions {
  const bias = request.logit_bias;
  return {
    temperature: request.temperature ?? defaults.temperature,
    topP: request.top_p,
    topK: request.top_k,
    minP: request.min_p,
    repetitionPenalty: request.repetition_penalty,
    presencePenalty: request.presence_penalty,
    frequencyPenalty: request.frequency_penalty,
    logitBias:
      bias === undefined
        ? undefined
        : Object.fromEntries(Object.entries(bias).map(([id, value]) => [Number(id), value])),
  };
}
