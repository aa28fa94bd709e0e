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
    vocab: z.record(z.string(), z.int().min(0)),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

export type TokenizerJson = z.infer<typeof tokenizerSchema>;
