/**
 * Prints how much of a decode step is spent outside of the graphs, and on what: `npm run bench:overhead -- GRAPHS
 * CHECKPOINT`, with an export's folder and its checkpoint's. Events are serialised as for the pipe to the parent.
 */
import { loadavg } from 'node:os';
import { serialize } from 'node:v8';
import type { GraphBackend } from '../../runtime/graph-session.js';
import { nativeBackend } from '../../runtime/native/native-backend.js';
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

/** Milliseconds so far: in sessions' runs, and of those in the graphs themselves. */
let inSessions = 0;
let inGraphs = 0;

const library = OrtLibrary.open();
const runGraph = library.run.bind(library);
library.run = (...given) => {
  const start = performance.now();
  runGraph(...given);
  inGraphs += performance.now() - start;
};
const native = nativeBackend(library);
const timed: GraphBackend = {
  ...native,
  open: async (path, threads) => {
    const session = await native.open(path, threads);
    return {
      run: async (inputs, outputs) => {
        const start = performance.now();
        await session.run(inputs, outputs);
        inSessions += performance.now() - start;
      },
      release: () => session.release(),
    };
  },
};

const { config, runtime, threads, tokenizer } = await openExport(graphs, checkpoint, timed);
const { vocabulary } = tokenizer;
const steps = Number(stepsGiven);
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Decode steps of several answers at once: milliseconds of each, and how many of those outside of sessions and graphs. */
async function run(streams: number, sampling: SequenceRequest['sampling']): Promise<string> {
  const scheduler = new Scheduler(new Stepper(runtime, config, 0), {
    ...defaultLimits,
    maxCachedTokens: 4096,
    prefixCache: false,
  });
  const whole: number[] = [];
  const outside: number[] = [];
  const beside: number[] = [];
  let last = { at: 0, inSessions: 0, inGraphs: 0 };
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
          const now = { at: performance.now(), inSessions, inGraphs };
          if (event.index > 3) {
            const step = now.at - last.at;
            whole.push(step);
            outside.push(step - (now.inSessions - last.inSessions));
            beside.push(step - (now.inGraphs - last.inGraphs));
          }
          last = now;
        },
        failed: reject,
      };
      scheduler.submit(new Sequence(request, answer, listener));
    });
  await Promise.all(Array.from({ length: streams }, (_, index) => one(index)));
  await scheduler.stop();
  const step = median(whole);
  const share = (times: number[]): string =>
    `${median(times).toFixed(2)} ms, ${((100 * median(times)) / step).toFixed(1)} %`;
  return `step ${step.toFixed(2)} ms, outside of sessions' runs ${share(outside)}; with the tensors made for them ${share(beside)}`;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`${threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}`);
const greedy = { ...neutralSampling, temperature: 0 };
const drawn = { ...neutralSampling, temperature: 0.7, topK: 20, topP: 0.8 };
for (const [name, sampling] of Object.entries({ greedy, drawn }))
  for (const streams of [1, 4]) print(`${name}, ${streams} at once: ${await run(streams, sampling)}`);
await runtime.close();
