import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { startTestRedis } from '@qwenvl/sessions/testing';
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

/** Bytes that Redis has received and sent since it started. */
async function traffic(url: string): Promise<{ received: number; sent: number }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (data) => (text += data.toString()));
  socket.write('INFO stats\r\nQUIT\r\n');
  await once(socket, 'close');
  const number = (name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1] ?? Number.NaN);
  return { received: number('total_net_input_bytes'), sent: number('total_net_output_bytes') };
}

async function run(task: StreamsTask): Promise<StreamsReport> {
  const child = fork(new URL('./streams-process.ts', import.meta.url));
  child.send(task);
  const [report] = (await once(child, 'message')) as [StreamsReport];
  child.kill();
  return report;
}

const redis = await startTestRedis('everysec');
try {
  const before = await traffic(redis.url);
  const task = { url: redis.url, streams, perStream, everyMs };
  const reports = await Promise.all([
    run({ ...task, own: 'a', other: 'b' }),
    run({ ...task, own: 'b', other: 'a' }),
  ]);
  const after = await traffic(redis.url);
  const tokens = reports.reduce((sum, report) => sum + report.tokens, 0);
  for (const [index, report] of reports.entries()) {
    const figures = Object.entries<number>({ ...report }).map(
      ([name, value]) => `${name} ${Number(value.toFixed(2))}`,
    );
    process.stdout.write(`process ${index + 1}: ${figures.join('  ')}\n`);
  }
  const toRedis = (after.received - before.received) / tokens;
  const fromRedis = (after.sent - before.sent) / tokens;
  process.stdout.write(
    `redis: ${tokens} tokens  bytesToRedisPerToken ${toRedis.toFixed(0)}  bytesFromRedisPerToken ${fromRedis.toFixed(0)}\n`,
  );
} finally {
  await redis.stop();
}
