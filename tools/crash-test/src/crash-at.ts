import { cancel, post, readOn } from './client.js';
import { readEvents } from './read-events.js';
import { requestBody } from './request-body.js';
import type { AnswerKind } from './request-body.js';
import type { ServerProcess } from './server-process.js';

/** One crash: which server dies, when, and who goes on. */
export interface Crash {
  readonly server: ServerProcess;
  /** Reads on and takes the generation up; absent: the server itself, started again. */
  readonly survivor: ServerProcess | undefined;
  readonly sessionId: string;
  readonly kind: AnswerKind;
  readonly maxTokens: number;
  /** Other answers that are generated at the same time. */
  readonly beside: number;
  /** The server dies as soon as the client has this event. */
  readonly index: number;
}

/** What one crash showed. */
export interface CrashResult {
  /** Everything that the client received, before and after. */
  readonly blocks: readonly string[];
  /** The same stream read again from its start. */
  readonly replay: readonly string[];
  /** Events that the client had when the server died. */
  readonly before: number;
}

const besideTokens = 600;

/** Kills a server in mid-answer and reads on from the last id, at the survivor. */
export async function crashAt(crash: Crash): Promise<CrashResult> {
  const { server, sessionId, kind, maxTokens, index } = crash;
  const survivor = crash.survivor ?? server;
  const others = Array.from({ length: crash.beside }, (_, other) => `${sessionId}-beside-${other}`);
  for (const other of others) void readEvents(await post(server, requestBody('text', other, besideTokens)));
  let killed: Promise<void> | undefined;
  const first = await readEvents(await post(server, requestBody(kind, sessionId, maxTokens)), (count) => {
    if (count > index) killed ??= server.kill();
  });
  await killed;
  if (survivor === server) await server.start();
  const rest = first.done ? [] : (await readOn(survivor, sessionId, first.lastId)).blocks;
  const replay = await readOn(survivor, sessionId, undefined);
  for (const other of others) await cancel(survivor, other);
  if (survivor !== server) await server.start();
  return { blocks: [...first.blocks, ...rest], replay: replay.blocks, before: first.blocks.length };
}
