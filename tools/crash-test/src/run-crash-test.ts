import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestRedis } from '@qwenvl/sessions/testing';
import { post } from './client.js';
import { crashAt } from './crash-at.js';
import { comparable, readEvents } from './read-events.js';
import { requestBody } from './request-body.js';
import type { AnswerKind } from './request-body.js';
import { ServerProcess } from './server-process.js';
import type { ServerForm } from './server-process.js';

/** What to kill, and how often. */
export interface CrashTestOptions {
  readonly form: ServerForm;
  readonly kind: AnswerKind;
  /** Length of a text in tokens; it has about as many events. */
  readonly maxTokens: number;
  /** Event indices at which the server is killed; those beyond the answer's end are left out. */
  readonly indices: readonly number[];
  /** Other answers generated at the same time; the server then runs with DETERMINISTIC. */
  readonly beside: number;
  /** `redis`: two servers on one Redis, which the test starts; whoever dies, the other one goes on. */
  readonly store: 'sqlite' | 'redis';
  readonly report: (line: string) => void;
}

/** The sums of a run. */
export interface CrashTestResult {
  readonly events: number;
  readonly crashes: number;
  /** Crashes after which all bytes were those of the undisturbed run. */
  readonly identical: number;
  /** Generations that were taken up again, those beside included. */
  readonly resumed: number;
}

/** Runs one undisturbed answer, then one crash for each index, each with an answer of its own. */
export async function runCrashTest(options: CrashTestOptions): Promise<CrashTestResult> {
  const { form, kind, maxTokens, beside, store, report } = options;
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-crash-'));
  const redis = store === 'redis' ? await startTestRedis('everysec') : undefined;
  const environment = {
    SESSIONS_DB_PATH: join(folder, 'sessions.db'),
    DETERMINISTIC: String(beside > 0),
    ...(redis === undefined ? {} : { SESSIONS_STORE: 'redis', REDIS_URL: redis.url }),
  };
  const server = await ServerProcess.prepare(form, environment);
  const other = redis === undefined ? undefined : await ServerProcess.prepare(form, environment);
  const resumed = () => server.resumed + (other?.resumed ?? 0);
  try {
    await Promise.all([server.start(), other?.start()]);
    const whole = await readEvents(await post(server, requestBody(kind, 'undisturbed', maxTokens)));
    if (!whole.done) throw new Error('The undisturbed run did not end.');
    const expected = comparable(whole.blocks);
    const events = whole.blocks.length - 1;
    report(`undisturbed: ${events} events, sha256 ${hash(expected)}`);
    const indices = options.indices.filter((index) => index < events);
    let identical = 0;
    for (const index of indices) {
      const resumedBefore = resumed();
      const sessionId = `crash-${index}`;
      const crash = { server, survivor: other, sessionId, kind, maxTokens, beside, index };
      const { blocks, replay, before } = await crashAt(crash);
      const same = comparable(blocks) === expected && blocks.join('') === replay.join('');
      if (same) identical += 1;
      const how = resumed() > resumedBefore ? 'taken up again' : 'had ended';
      report(`crash at ${index}: ${before} events before, ${how}, ${same ? 'identical' : 'DIFFERENT'}`);
      if (!same) report(`expected:\n${expected}\ngot:\n${blocks.join('')}\nreplay:\n${replay.join('')}`);
    }
    return { events, crashes: indices.length, identical, resumed: resumed() };
  } finally {
    await Promise.all([server.kill(), other?.kill()]);
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
