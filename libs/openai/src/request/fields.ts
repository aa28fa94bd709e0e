import { z } from 'zod';

/** Marks a field optional, `null` meaning the same as absent, as OpenAI's API has it. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Carried by the issues of {@link only} and {@link never}, so that the error's code can tell them apart. */
export const UNSUPPORTED = { unsupported: true } as const;

/** A field that is known but can only have its neutral values: anything else is refused, never ignored. */
export function only(values: readonly (string | boolean)[], reason: string) {
  return z
    .union([z.string(), z.boolean()])
    .nullish()
    .superRefine((value, context) => {
      if (value === null || value === undefined || values.includes(value)) return;
      context.addIssue({ code: 'custom', message: reason, params: UNSUPPORTED });
    });
}

/** A field that is known and never accepted, except as `null`. */
export function never(reason: string) {
  return z
    .unknown()
    .optional()
    .superRefine((value, context) => {
      if (value === null || value === undefined) return;
      context.addIssue({ code: 'custom', message: reason, params: UNSUPPORTED });
    });
}

/** Longest accepted `session_id`. */
const SESSION_ID_LENGTH = 128;

/** An id that is safe in URLs, SSE ids and logs. */
export const sessionIdSchema = z
  .string()
  .regex(
    new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${SESSION_ID_LENGTH - 1}}$`),
    `must be 1-${SESSION_ID_LENGTH} letters, digits, '.', '_' or '-', the first one a letter or digit`,
  );
