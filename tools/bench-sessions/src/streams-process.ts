/** One of two processes that share a Redis: it produces half of the streams and reads those of the other. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { followSession } from '@qwenvl/sessions';
import { RedisStore } from '@qwenvl/sessions/redis';
import { chunk, finish, openWriter } from './produce.js';

/** What a process is to do. */
export interface StreamsTask {
  readonly url: string;
  /** Streams of this process. */
  readonly streams: number;
  /** Tokens of each, and milliseconds between two. */
  readonly perStream: number;
  readonly everyMs: number;
  /** Names of this process and the other. */
  readonly own: string;
  readonly other: string;
}

/** What it saw. A stream is one that is produced here and one that is read here. */
export interface StreamsReport {
  readonly streams: number;
  readonly tokens: number;
  readonly eventsRead: number;
  readonly kilobytesPerStream: number;
  readonly eventLoopDelayMsMean: number;
  readonly eventLoopDelayMsP99: number;
}

process.once('message', (task: StreamsTask) => {
  void run(task).then((report) => process.send?.(report));
});

async function run({ url, streams, perStream, everyMs, own, other }: StreamsTask): Promise<StreamsReport> {
  const store = await RedisStore.open({ url });
  const before = process.memoryUsage().rss;
  const loop = monitorEventLoopDelay({ resolution: 5 });
  const names = Array.from({ length: streams }, (_, index) => index);
  const writers = await Promise.all(names.map((index) => openWriter(store, `${own}-${index}`)));
  // The other process may still be making its sessions.
  await delay(5000);
  let eventsRead = 0;
  const reading = names.map(async (index) => {
    for await (const { events } of followSession(store, `${other}-${index}`)) eventsRead += events.length;
  });
  loop.enable();
  let tokens = 0;
  await Promise.all(
    writers.map(async (writer, at) => {
      await delay((at / streams) * everyMs);
      for (let index = 0; index < perStream; index += 1) {
        await writer.write({ events: [chunk(index)], tokens: [index] });
        tokens += 1;
        await delay(everyMs);
      }
    }),
  );
  loop.disable();
  const grown = process.memoryUsage().rss - before;
  await Promise.all(writers.map(finish));
  await Promise.all(reading);
  await store.close();
  return {
    streams,
    tokens,
    eventsRead,
    kilobytesPerStream: grown / 1024 / streams,
    eventLoopDelayMsMean: loop.mean / 1e6,
    eventLoopDelayMsP99: loop.percentile(99) / 1e6,
  };
}
