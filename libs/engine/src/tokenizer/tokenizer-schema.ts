import { z } from 'zod';

const addedTokenSchema = z.object({
  id: z.int().min(0),
  content: z.string().min(1),
  special: z.boolean(),
  // Any other way of matching would need the text around the token.
  single_word: z.literal(false).default(false),
  lstrip: z.literal(false).default(false),
  rstrip: z.literal(false).default(false),
  normalized: z.literal(false).default(false),
});

/** A token that is matched in text as a whole, before byte-pair encoding. */
export type AddedToken = z.infer<typeof addedTokenSchema>;

/** By hand: a schema of 150,000 entries takes ten times as long, at every start. */
function isVocab(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const ids = Object.values(value);
  return ids.every((id) => Number.isSafeInteger(id) && id >= 0);
}

function isMerges(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const isText = (item: unknown): boolean => typeof item === 'string';
  return value.every(
    (pair) => isText(pair) || (Array.isArray(pair) && pair.length === 2 && pair.every(isText)),
  );
}

const byteLevelSchema = z.looseObject({ type: z.literal('ByteLevel') });

/** `tokenizer.json` of a byte-level BPE tokenizer, as the Qwen family has. */
export const tokenizerSchema = z.looseObject({
  added_tokens: z.array(addedTokenSchema),
  normalizer: z.looseObject({ type: z.string() }).nullable(),
  pre_tokenizer: z.looseObject({ type: z.string() }),
  post_processor: z.unknown().optional(),
  decoder: byteLevelSchema,
  model: z.looseObject({
    type: z.literal('BPE'),
    vocab: z.custom<Readonly<Record<string, number>>>(isVocab, 'tokens and their ids are expected'),
    merges: z.custom<readonly (string | readonly [string, string])[]>(
      isMerges,
      'pairs of tokens are expected',
    ),
  }),
});

export type TokenizerJson = z.infer<typeof tokenizerSchema>;
