import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { followSession } from '@qwenvl/sessions';
import type { SessionStore } from '@qwenvl/sessions';
import { chunk, finish, openWriter } from './produce.js';

type Figures = Readonly<Record<string, number>>;

/** Appends a second, one after the other and from 32 sessions at once. */
export async function measureAppends(store: SessionStore): Promise<Figures> {
  const rate = async (sessions: number, appends: number) => {
    const start = performance.now();
    await Promise.all(
      Array.from({ length: sessions }, async (_, session) => {
        const writer = await openWriter(store, `append-${sessions}-${session}`);
        for (let index = 0; index < appends; index += 1) {
          await writer.write({ events: [chunk(index)], tokens: [index] });
          await writer.flush();
        }
        await finish(writer);
      }),
    );
    return (sessions * appends) / ((performance.now() - start) / 1000);
  };
  return { appendsPerSecond1: await rate(1, 1000), appendsPerSecond32: await rate(32, 100) };
}

/** Time from a token's write until a reader has its event, at 50 tokens a second; milliseconds. */
export async function measureLatency(store: SessionStore): Promise<Figures> {
  const writer = await openWriter(store, 'latency');
  const written: number[] = [];
  const latencies: number[] = [];
  const reading = (async () => {
    for await (const { events } of followSession(store, 'latency'))
      for (const { index } of events)
        latencies.push(performance.now() - (written[index] ?? performance.now()));
  })();
  for (let index = 0; index < 150; index += 1) {
    await delay(20);
    written.push(performance.now());
    await writer.write({ events: [chunk(index)], tokens: [index] });
  }
  await finish(writer);
  await reading;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { addedMsMedian: at(0.5), addedMsP99: at(0.99) };
}

/** Time to read 10,000 events from the start. */
export async function measureReplay(store: SessionStore): Promise<Figures> {
  const writer = await openWriter(store, 'replay');
  for (let index = 0; index < 10_000; index += 1)
    await writer.write({ events: [chunk(index)], tokens: [index] });
  await finish(writer);
  const start = performance.now();
  let count = 0;
  for await (const { events } of followSession(store, 'replay')) count += events.length;
  return { replayedEvents: count, replayMs: performance.now() - start };
}

/** Readers that leave and come back at random while 300 events are written; all must have the same bytes. */
export async function measureReaders(store: SessionStore, readers: number): Promise<Figures> {
  const writer = await openWriter(store, 'readers');
  const before = process.memoryUsage().rss;
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const reading = Promise.all(Array.from({ length: readers }, () => readRestlessly(store, 'readers')));
  for (let index = 0; index < 300; index += 1) {
    await delay(10);
    await writer.write({ events: [chunk(index)], tokens: [index] });
  }
  await finish(writer);
  const hashes = await reading;
  loop.disable();
  return {
    readers,
    differentHashes: new Set(hashes).size,
    eventLoopDelayMsMean: loop.mean / 1e6,
    eventLoopDelayMsP99: loop.percentile(99) / 1e6,
    grownMegabytes: (process.memoryUsage().rss - before) / 1e6,
  };
}

/** A stream of 50 MB with readers that never ask for their second step, and one that reads it all. */
export async function measureStalled(store: SessionStore, stalled: number): Promise<Figures> {
  const writer = await openWriter(store, 'stalled');
  await writer.write({ events: [chunk(0)], tokens: [] });
  const readers = Array.from({ length: stalled }, () => followSession(store, 'stalled'));
  await Promise.all(readers.map((reader) => reader.next()));
  const before = process.memoryUsage().rss;
  const start = performance.now();
  let bytes = 0;
  const reading = (async () => {
    for await (const { events } of followSession(store, 'stalled'))
      for (const { data } of events) bytes += data.length;
  })();
  for (let index = 0; index < 2000; index += 1)
    await writer.write({ events: [chunk(index, 25_000)], tokens: [] });
  await finish(writer);
  await reading;
  const figures = {
    stalled,
    megabytes: bytes / 1e6,
    seconds: (performance.now() - start) / 1000,
    grownMegabytes: (process.memoryUsage().rss - before) / 1e6,
  };
  await Promise.all(readers.map((reader) => reader.return()));
  return figures;
}

async function readRestlessly(store: SessionStore, id: string): Promise<string> {
  const hash = createHash('sha256');
  for (let after = -1; ;) {
    const patience = Math.random() < 0.5 ? 1 + Math.floor(Math.random() * 20) : Number.POSITIVE_INFINITY;
    let steps = 0;
    let ended = true;
    for await (const { events } of followSession(store, id, { after })) {
      for (const { index, data } of events) {
        hash.update(`${index}:${data}\n`);
        after = index;
      }
      steps += 1;
      if (steps < patience) continue;
      ended = false;
      break;
    }
    if (ended) return hash.digest('hex');
  }
}
