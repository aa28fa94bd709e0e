import type * as engine from '@qwenvl/engine';
import { z } from 'zod';

const described = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.number()).nullish(),
});

/** Probabilities of a chunk's tokens: `content` in chats, the others, in step with each other, in plain completions. */
export const logprobsSchema = z.object({
  content: z.array(described.extend({ top_logprobs: z.array(described).default([]) })).nullish(),
  tokens: z.array(z.string()).nullish(),
  token_logprobs: z.array(z.number().nullable()).nullish(),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
});

type TokenEvent = Extract<engine.GenerateEvent, { type: 'token' }>;
type Described = z.output<typeof described>;

/** The engine's words for the probabilities of a chunk, token by token. Ids are not known here. */
export function toLogprobs(
  logprobs: z.output<typeof logprobsSchema> | null | undefined,
): NonNullable<TokenEvent['logprob']>[] {
  if (logprobs === null || logprobs === undefined) return [];
  const { content, tokens, token_logprobs: values, top_logprobs: tops } = logprobs;
  if (content !== null && content !== undefined)
    return content.map((token) => ({ ...describe(token), top: token.top_logprobs.map(describe) }));
  return (tokens ?? []).map((token, at) => ({
    ...describe({ token, logprob: values?.[at] ?? 0 }),
    top: Object.entries(tops?.[at] ?? {}).map(([text, logprob]) => describe({ token: text, logprob })),
  }));
}

function describe({ token, logprob, bytes }: Described): engine.TokenLogprob {
  return { id: 0, text: token, bytes: bytes ?? [...new TextEncoder().encode(token)], logprob };
}
