import { z } from 'zod';
import type { SessionInfo } from '../types.js';
import { sessionFields } from './session-fields.js';

const state = z.enum(['running', 'completed', 'failed', 'cancelled', 'interrupted']);
const number = z.coerce.number();

type Field = (typeof sessionFields)[number];

const hash = z.object({
  id: z.string(),
  requestHash: z.string(),
  state,
  version: number,
  firstIndex: number,
  nextIndex: number,
  tokenCount: number,
  promptTokens: number,
  cancelRequested: z.string(),
  cancelAt: z.string(),
  attended: z.string(),
  createdAt: number,
  fence: number,
  finishedAt: number.optional(),
  finishReason: z.string().optional(),
  completionTokens: number.optional(),
  cachedTokens: number.optional(),
} satisfies Record<Field, z.ZodType>);

const fields = z.array(z.string());

const values = z.array(z.string().nullable());

/** The values of `sessionFields`; all are missing where there is no such session. */
export const sessionReply = values.transform((list): { info: SessionInfo; fence: number } | undefined => {
  if (list[0] === null) return undefined;
  const row = hash.parse(Object.fromEntries(sessionFields.map((name, at) => [name, list[at] ?? undefined])));
  const { fence, finishReason, completionTokens = 0, cachedTokens = 0, ...rest } = row;
  const { promptTokens } = row;
  const info: SessionInfo = {
    ...rest,
    cancelRequested: row.cancelRequested === '1',
    cancelAt: row.cancelAt === '' ? null : Number(row.cancelAt),
    attended: row.attended === '1',
    finishedAt: row.finishedAt ?? null,
    outcome:
      row.state === 'running'
        ? null
        : {
            state: row.state,
            finishReason: finishReason ?? '',
            usage: { promptTokens, completionTokens, cachedTokens },
          },
  };
  return { info, fence };
});

/** A session's hash where it must exist. */
export const existingSession = sessionReply.transform((session, context) => {
  if (session !== undefined) return session;
  context.addIssue({ code: 'custom', message: 'no such session' });
  return z.NEVER;
});

/** 0 where the lease is lost, else the session. */
export const leasedReply = z.union([z.literal(0), existingSession]);

/** For each lease, see `leasedReply`. */
export const renewReply = z.array(leasedReply);

/** 1 where the session was made, 0 where it was there, and the session. */
export const createReply = z.tuple([z.union([z.literal(0), z.literal(1)]), existingSession]);

/** 0 where the session cannot be had, else session, request and token ids. */
export const acquireReply = z.union([z.literal(0), z.tuple([existingSession, z.string(), z.string()])]);

/** 0 where there is no such session, else session and events. */
export const readReply = z.union([
  z.literal(0),
  z.tuple([
    existingSession,
    fields.transform((list) =>
      list.flatMap((id, at) =>
        at % 2 === 0 ? [{ index: Number.parseInt(id, 10) - 1, data: list[at + 1] ?? '' }] : [],
      ),
    ),
  ]),
]);

/** Ids of unattended and of orphaned sessions. */
export const dueReply = z.tuple([fields, fields]);

/** A number; where a script has nothing to say, 0. */
export const countReply = z.int();

/** One for each session of a group. */
export const countsReply = z.array(countReply);

/** Changes as `XREAD` answers them: number, session and version (below 0: gone). */
export const changesReply = z
  .tuple([z.tuple([z.string(), z.array(z.tuple([z.string(), fields]))])])
  .nullable()
  .transform((streams) =>
    (streams?.[0][1] ?? []).map(([entry, list]) => ({
      number: Number.parseInt(entry, 10),
      id: list[1] ?? '',
      version: Number(list[3]),
    })),
  );
