import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Times in milliseconds over all runs. */
export interface Measurement {
  readonly name: string;
  readonly median: number;
  readonly worst: number;
  /** Longest time that the event loop of this thread stood still. */
  readonly loopDelay: number;
}

const LOOP_RESOLUTION_MS = 1;

/** Runs a task once to warm up, then so many times. */
export async function measure(
  name: string,
  runs: number,
  task: () => Promise<unknown>,
): Promise<Measurement> {
  await task();
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await task();
    times.push(performance.now() - start);
  }
  delay.disable();
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  return {
    name,
    median,
    worst: times.at(-1) ?? 0,
    loopDelay: Math.max(0, delay.max / 1e6 - LOOP_RESOLUTION_MS),
  };
}
