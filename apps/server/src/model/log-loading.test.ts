import { pino } from 'pino';
import { expect, it } from 'vitest';
import { logLoading } from './log-loading.js';

function recorder() {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    {},
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { lines, log };
}

it('names the reason of a failed load, and still fails', async () => {
  const { lines, log } = recorder();
  const load = logLoading(() => Promise.reject(new Error('disk full', { cause: new Error('ENOSPC') })), log);
  await expect(load(() => undefined)).rejects.toThrow('disk full');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 50, err: { message: 'disk full: ENOSPC' } });
});
