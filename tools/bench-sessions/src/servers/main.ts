import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startTestRedis } from '@qwenvl/sessions/testing';
import { ServerProcess } from '@qwenvl/tool-crash-test';
import { printFigures } from '../print-figures.js';
import { perToken, redisStats } from '../redis-stats.js';
import { HttpReader } from './http-reader.js';
import type { FromEngine, ToEngine } from './paced-engine.js';
import { serverMetrics } from './server-metrics.js';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    every: { type: 'string', default: '4000' },
    seconds: { type: 'string', default: '30' },
  },
});
const streams = Number(values.streams);
const everyMs = Number(values.every);
const seconds = Number(values.seconds);
const warmUp = 50;
const openedAtOnce = 32;
const endsWithinMs = 120_000;

function tell(engine: ChildProcess, message: ToEngine): void {
  engine.send(message);
}

/** Opens streams at both servers in turn; every second one is read at the other server than it is made at. */
async function openStreams(urls: readonly string[], prefix: string, count: number) {
  const opened: { reader: HttpReader; whole: Promise<void> }[] = [];
  let next = 0;
  const openOneByOne = async () => {
    while (next < count) {
      const at = next++;
      const reader = new HttpReader(`${prefix}-${at}`);
      const [maker, other] = [urls[at % 2] ?? '', urls[(at + 1) % 2] ?? ''];
      const { ended } = await reader.open(maker, at % 4 < 2 ? maker : other);
      opened.push({ reader, whole: ended });
    }
  };
  await Promise.all(Array.from({ length: openedAtOnce }, openOneByOne));
  return {
    received: () => opened.reduce((sum, { reader }) => sum + reader.received, 0),
    whole: async () => {
      const ended = Promise.all(opened.map(({ whole }) => whole));
      await Promise.race([ended, delay(endsWithinMs, undefined, { ref: false })]);
      return opened.filter(({ reader }) => reader.isWhole).length;
    },
  };
}

const redis = await startTestRedis('everysec');
const engine = fork(new URL('./paced-engine.ts', import.meta.url));
const environment = {
  SESSIONS_STORE: 'redis',
  REDIS_URL: redis.url,
  ENGINE: 'openai',
  MAX_CONCURRENCY: String(streams),
  SESSIONS_LEASE_SECONDS: '5',
  LOG_LEVEL: 'warn',
};
const servers: ServerProcess[] = [];
try {
  const [{ url: engineUrl }] = (await once(engine, 'message')) as [FromEngine];
  for (let count = 0; count < 2; count += 1) {
    const server = await ServerProcess.prepare('built', { ...environment, UPSTREAM_URL: engineUrl });
    servers.push(server);
    await server.start();
  }
  const urls = servers.map(({ url }) => url);
  const look = async () => {
    const [ofRedis, ofServers] = await Promise.all([
      redisStats(redis.url),
      Promise.all(urls.map(serverMetrics)),
    ]);
    return { redis: ofRedis, servers: ofServers };
  };

  tell(engine, { everyMs: 50 });
  const warm = await openStreams(urls, 'warm', warmUp);
  await delay(2000);
  tell(engine, 'finish');
  await warm.whole();
  tell(engine, { everyMs });
  const idle = await look();

  const opening = performance.now();
  const load = await openStreams(urls, 'load', streams);
  printFigures('opened', { streams, seconds: (performance.now() - opening) / 1000 });
  const before = await look();
  const receivedBefore = load.received();
  await delay(seconds * 1000);
  const tokens = load.received() - receivedBefore;
  const after = await look();

  for (const [at, { residentBytes, cpuSeconds, ...shown }] of after.servers.entries()) {
    const own = streams / urls.length;
    const [unloaded, loaded] = [idle.servers[at], before.servers[at]];
    printFigures(`server ${at + 1}`, {
      ...shown,
      kilobytesPerStream: (residentBytes - (unloaded?.residentBytes ?? 0)) / 1024 / own,
      cpuMillisecondsPerToken: ((cpuSeconds - (loaded?.cpuSeconds ?? 0)) * 1000) / (tokens / urls.length),
    });
  }
  printFigures('redis', {
    tokensPerSecond: tokens / seconds,
    ...perToken(before.redis, after.redis, tokens),
    kilobytesPerStream: (after.redis.memoryBytes - idle.redis.memoryBytes) / 1024 / streams,
  });
  tell(engine, 'finish');
  const whole = await load.whole();
  printFigures('streams', { whole, broken: streams - whole });
  if (whole < streams) process.exitCode = 1;
} finally {
  await Promise.all(servers.map((server) => server.kill()));
  engine.kill();
  await redis.stop();
}
