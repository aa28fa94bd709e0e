import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { untilReady } from '../testing/start-test-server.js';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** The real program in a process of its own, with the embedded model. */
async function start(): Promise<{ child: ChildProcess; url: string }> {
  const entry = new URL('../main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@qwenvl/source', entry], {
    env: {
      ...process.env,
      PORT: '0',
      PERSIST_SESSIONS: 'false',
      SHUTDOWN_DRAIN_SECONDS: '60',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let banner = '';
  for await (const piece of child.stdout) {
    banner += String(piece);
    const url = /http:\/\/[\d.]+:\d+/.exec(banner)?.[0];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`The server did not start: ${banner}`);
}

function ask(url: string, tokens: number): Promise<Response> {
  return fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'default', prompt: 'Once', max_tokens: tokens, stream: true }),
  });
}

async function statusOf(asked: Promise<Response>): Promise<number | 'no connection'> {
  try {
    const response = await asked;
    await response.text();
    return response.status;
  } catch {
    return 'no connection';
  }
}

it('ends at SIGTERM once the running answers have reached their readers, and begins no new ones', async () => {
  const { child, url } = await start();
  await untilReady(url, 90_000);
  const running = await ask(url, 300);
  const reader = running.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('text_completion')) text += (await reader.read()).value ?? '';
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  // The signal takes its time to arrive; from then on the port is closed, or what is still connected gets 503.
  await expect.poll(() => statusOf(ask(url, 1)), { timeout: 10_000 }).not.toBe(200);
  expect([503, 'no connection']).toContain(await statusOf(ask(url, 1)));
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  expect(text).toMatch(/"finish_reason":"(stop|length)"/);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(await exited).toEqual([0, null]);
}, 180_000);
