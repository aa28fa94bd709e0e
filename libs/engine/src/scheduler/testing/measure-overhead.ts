/**
 * Prints how much of a decode step is spent outside of the graphs, and on what: `npm run bench:overhead -- GRAPHS
 * CHECKPOINT`, with an export's folder and its checkpoint's. Events are serialised as for the pipe to the parent.
 */
import { loadavg } from 'node:os';
import { serialize } from 'node:v8';
import { OrtLibrary } from '../../runtime/native/ort-library.js';
import { neutralSampling } from '../../sampling/settings.js';
import { tokenPrompt } from '../../worker/token-prompt.js';
import { Answer } from '../answer.js';
import { Scheduler } from '../scheduler.js';
import { defaultLimits } from '../scheduler-limits.js';
import { Sequence, type SequenceRequest } from '../sequence.js';
import { Stepper } from '../stepper.js';
import { openExport } from './open-export.js';

const [graphs, checkpoint, stepsGiven = '32'] = process.argv.slice(2);

let inGraphs = 0;
/** The library with a clock around every run: what JavaScript does for one is outside. */
const library = OrtLibrary.open();
const runGraph = library.run.bind(library);
library.run = (...given) => {
  const start = performance.now();
  runGraph(...given);
  inGraphs += performance.now() - start;
};

const { config, runtime, threads, tokenizer } = await openExport(graphs, checkpoint, library);
const { vocabulary } = tokenizer;
const steps = Number(stepsGiven);
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Decode steps of several answers at once: milliseconds of each, and of those how many in the graphs. */
async function run(streams: number, sampling: SequenceRequest['sampling']): Promise<string> {
  const scheduler = new Scheduler(new Stepper(runtime, config, 0), {
    ...defaultLimits,
    maxCachedTokens: 4096,
    prefixCache: false,
  });
  const whole: number[] = [];
  const inside: number[] = [];
  let last = { at: 0, inGraphs: 0 };
  const one = (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const ids = Int32Array.from({ length: 16 }, (_, at) => 1000 + at + 100 * index);
      const request: SequenceRequest = {
        prompt: tokenPrompt({ ids, media: [] }, config),
        sampling,
        seed: 1,
        topLogprobs: undefined,
        continueFrom: [],
        replay: 'chunked',
        cacheScope: '',
      };
      const answer = new Answer(vocabulary, { eosIds: new Set(), stop: [], maxTokens: steps + 4 });
      const listener = {
        event: (event: object & { readonly type: string; readonly index?: number }): void => {
          serialize({ type: 'event', id: 1, event });
          if (event.type === 'finish') resolve();
          if (index !== streams - 1 || event.index === undefined) return;
          const now = { at: performance.now(), inGraphs };
          if (event.index > 3) {
            whole.push(now.at - last.at);
            inside.push(now.inGraphs - last.inGraphs);
          }
          last = now;
        },
        failed: reject,
      };
      scheduler.submit(new Sequence(request, answer, listener));
    });
  await Promise.all(Array.from({ length: streams }, (_, index) => one(index)));
  await scheduler.stop();
  const outside = median(whole.map((value, index) => value - (inside[index] ?? 0)));
  const step = median(whole);
  return `step ${step.toFixed(2)} ms, outside of the graphs ${outside.toFixed(2)} ms, ${((100 * outside) / step).toFixed(1)} %`;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`${threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}`);
const greedy = { ...neutralSampling, temperature: 0 };
const drawn = { ...neutralSampling, temperature: 0.7, topK: 20, topP: 0.8 };
for (const [name, sampling] of Object.entries({ greedy, drawn }))
  for (const streams of [1, 4]) print(`${name}, ${streams} at once: ${await run(streams, sampling)}`);
await runtime.close();
