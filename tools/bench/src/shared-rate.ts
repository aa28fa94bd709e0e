import type { Timing } from './subject.js';

/** Milliseconds within which the tokens of one step arrive; steps take longer. */
const oneStep = 5;

/** Total tokens a second of several answers that began together, while all of them are going. */
export function sharedRate(timings: readonly Timing[]): number {
  const times = timings.map(({ first, steps }) => {
    let at = first;
    return [first, ...steps.map((step) => (at += step))];
  });
  const begin = Math.max(...times.map(([first = 0]) => first));
  const end = Math.min(...times.map((all) => all.at(-1) ?? 0));
  const inside = times.flat().filter((at) => at > begin + oneStep && at <= end + oneStep).length;
  return (1000 * inside) / (end - begin);
}
