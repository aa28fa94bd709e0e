import type { CompletionUsage } from '@qwenvl/openai';
import type { StreamUsage } from '../sessions/ports.js';

/** A whole answer with what its chunks leave out: how many tokens of its prompt were known. */
export function withCached<Answer extends { readonly usage: CompletionUsage }>(
  answer: Answer,
  { cachedTokens }: StreamUsage,
): Answer & { readonly usage: CompletionUsage } {
  return { ...answer, usage: { ...answer.usage, prompt_tokens_details: { cached_tokens: cachedTokens } } };
}
