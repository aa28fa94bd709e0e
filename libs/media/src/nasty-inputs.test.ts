import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NASTY_IMAGES } from './testing/nasty-images.js';
import type { NastyInput, NastyOutcome } from './testing/nasty-input.js';
import { NASTY_VIDEOS } from './testing/nasty-videos.js';

const CHILD = fileURLToPath(new URL('./testing/try-nasty-inputs.ts', import.meta.url));
const DEADLINE_MS = 600_000;
const MEGABYTES_ALLOWED = 1500;
/** Well within the policy's own time limits, on a slow machine. */
const MILLISECONDS_ALLOWED = 60_000;

/** A system ffmpeg decodes what the WebAssembly build cannot. */
const NATIVE_DIFFERENCES: Readonly<Record<string, string>> = { 'video: AV1': '4 frames 96x64' };

const suites = [
  { kind: 'image', backend: 'wasm', inputs: NASTY_IMAGES },
  { kind: 'video', backend: 'wasm', inputs: NASTY_VIDEOS },
  { kind: 'video', backend: 'native', inputs: NASTY_VIDEOS },
] as const;

describe.each(suites)('nasty $kind inputs with $backend ffmpeg', ({ kind, backend, inputs }) => {
  it(
    'all end with the right result, in bounded time and memory, in one process that survives them',
    async () => {
      const outcomes = await tryAll(kind, backend);
      expect(outcomes.map(({ name }) => name)).toEqual(inputs.map(({ name }) => name));
      for (const [i, outcome] of outcomes.entries()) {
        expect(acceptable(inputs[i]!, outcome, backend), JSON.stringify(outcome)).toBe(true);
        expect(outcome.peakMegabytes, outcome.name).toBeLessThan(MEGABYTES_ALLOWED);
        expect(outcome.milliseconds, outcome.name).toBeLessThan(MILLISECONDS_ALLOWED);
      }
    },
    DEADLINE_MS,
  );
});

function acceptable(input: NastyInput, { outcome }: NastyOutcome, backend: string): boolean {
  if (input.expect === 'anything') return true;
  const different = backend === 'native' ? NATIVE_DIFFERENCES[input.name] : undefined;
  return outcome === (different ?? input.expect);
}

/** Runs the child to its end; anything it prints besides outcomes, and any exit code but 0, is a failure. */
async function tryAll(kind: string, backend: string): Promise<NastyOutcome[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, kind, backend], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS - 5000);
  const outcomes: NastyOutcome[] = [];
  for await (const line of createInterface({ input: child.stdout }))
    outcomes.push(JSON.parse(line) as NastyOutcome);
  const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)));
  clearTimeout(deadline);
  expect(code).toBe(0);
  return outcomes;
}
