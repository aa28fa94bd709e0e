import { z } from 'zod';
import { textPartSchema } from './content-parts.js';

/** Characters of the longest prediction, all its parts together. */
const MAX_PREDICTION = 200_000;
const MAX_PARTS = 64;

/** Predicted output, `{type: 'content', content}`, as one text: what the answer is expected to have much of. */
export const predictionSchema = z
  .strictObject({
    type: z.literal('content'),
    content: z.union([z.string(), z.array(textPartSchema).min(1).max(MAX_PARTS)]),
  })
  .transform(({ content }) =>
    typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  )
  .refine((text) => text.length <= MAX_PREDICTION, {
    message: `must not be longer than ${MAX_PREDICTION} characters`,
    path: ['content'],
  });
