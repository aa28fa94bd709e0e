import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { LoadingProgress } from './model-host.js';
import { drawProgress } from './progress-bar.js';

/** A terminal of 100 columns that keeps what was written to it. */
function terminal() {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 100,
    rows: 30,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
    getColorDepth: () => 1,
    hasColors: () => false,
    getWindowSize: (): [number, number] => [100, 30],
  }) as unknown as NodeJS.WriteStream;
  const text = (): string => String((stream as unknown as PassThrough).read() ?? '');
  return { stream, text };
}

const stages: LoadingProgress[] = [
  { stage: 'download', done: 0, total: 4_000_000_000 },
  { stage: 'download', done: 4_000_000_000, total: 4_000_000_000 },
  { stage: 'export', done: 1_000_000_000, total: 2_000_000_000 },
];

it('draws a bar for each stage and still reports the progress', async () => {
  const { stream, text } = terminal();
  const seen: LoadingProgress[] = [];
  const load = drawProgress((onProgress) => {
    for (const progress of stages) onProgress(progress);
    return Promise.reject(new Error('disk full'));
  }, stream);
  await expect(load((progress) => void seen.push(progress))).rejects.toThrow('disk full');
  expect(seen).toEqual(stages);
  const drawn = text();
  expect(drawn).toMatch(/Downloading .* 100 % {2}4000 of 4000 MB/);
  expect(drawn).toMatch(/Preparing graphs .* 50 % {2}1000 of 2000 MB/);
});
