import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startTestRedis } from '@qwenvl/sessions/testing';
import { printFigures } from './print-figures.js';
import { perToken, redisStats } from './redis-stats.js';
import type { StreamsReport, StreamsTask } from './streams-process.js';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '2000' },
    tokens: { type: 'string', default: '5' },
    every: { type: 'string', default: '4000' },
  },
});
const streams = Math.floor(Number(values.streams) / 2);
const perStream = Number(values.tokens);
const everyMs = Number(values.every);

async function run(task: StreamsTask): Promise<StreamsReport> {
  const child = fork(new URL('./streams-process.ts', import.meta.url));
  child.send(task);
  const [report] = (await once(child, 'message')) as [StreamsReport];
  child.kill();
  return report;
}

const redis = await startTestRedis('everysec');
try {
  const before = await redisStats(redis.url);
  const task = { url: redis.url, streams, perStream, everyMs };
  const reports = await Promise.all([
    run({ ...task, own: 'a', other: 'b' }),
    run({ ...task, own: 'b', other: 'a' }),
  ]);
  const after = await redisStats(redis.url);
  const tokens = reports.reduce((sum, report) => sum + report.tokens, 0);
  for (const [index, report] of reports.entries()) printFigures(`process ${index + 1}`, { ...report });
  printFigures('redis', { tokens, ...perToken(before, after, tokens) });
} finally {
  await redis.stop();
}
