import { z } from 'zod';

const specialToken = z
  .union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)])
  .nullish();

/** The part of `tokenizer_config.json` that prompts and endings need. */
export const tokenizerConfigSchema = z.object({
  bos_token: specialToken,
  eos_token: specialToken,
  pad_token: specialToken,
  unk_token: specialToken,
  /** Older checkpoints keep the template here; a list holds named ones. */
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish()
    .transform((template) =>
      Array.isArray(template) ? template.find(({ name }) => name === 'default')?.template : template,
    ),
});

export type TokenizerConfig = z.infer<typeof tokenizerConfigSchema>;
