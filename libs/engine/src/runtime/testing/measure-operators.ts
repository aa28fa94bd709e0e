/**
 * Prints what operators of our own gain over onnxruntime's, in turns: `npm run bench:operators -- EXPORT CHECKPOINT
 * [ROUNDS]`, with an export's folder and its checkpoint's.
 */
import { loadavg, availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { readCheckpointConfig } from '@qwenvl/exporter';
import { MropeRotary } from '../../positions/mrope-rotary.js';
import { GraphRuntime } from '../graph-runtime.js';
import { modelShape } from '../model-shape.js';
import { nativeBackend } from '../native/native-backend.js';
import { OrtLibrary } from '../native/ort-library.js';
import type { KvCache, VisionInput } from '../runtime.js';

const [graphs, checkpoint, roundsGiven = '4'] = process.argv.slice(2);
if (graphs === undefined || checkpoint === undefined) throw new Error('give an export and its checkpoint');
const rounds = Number(roundsGiven);

/** Steps of a turn, and those at its beginning that do not count: the other runtime's threads come to rest. */
const steps = { counted: 12, ahead: 2 };
const rest = 60;

const config = await readCheckpointConfig(checkpoint);
const library = OrtLibrary.open();
if (!library.hasOperators) throw new Error('there are no operators for this machine');
const threads = availableParallelism();
const open = (hasOperators: boolean): Promise<GraphRuntime> => {
  const backend = nativeBackend(library, hasOperators);
  return GraphRuntime.create({ graphs, shape: modelShape(config), threads, backend });
};
const runtimes = { own: await open(true), theirs: await open(false) };
const rotary = new MropeRotary(config.text);

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const quantile = (values: readonly number[], share: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

/** Appends so many tokens to each; `isWide` wants logits of all of them, as guesses do. */
async function append(
  runtime: GraphRuntime,
  caches: readonly KvCache[],
  count: number,
  isWide = false,
): Promise<void> {
  const ids = Int32Array.from(
    { length: count },
    (_, at) => (7919 + at * 104_729) % (config.text.vocabSize - 1),
  );
  const embeds = await runtime.embed(ids);
  await runtime.forward(
    caches.map((cache) => {
      const places = Array.from(ids, (_, at) => cache.length + at);
      const logitRows = isWide ? Array.from(ids, (_, at) => at) : [count - 1];
      return { cache, embeds, ...rotary.text(places), logitRows, isPrompt: count > 1 && !isWide };
    }),
  );
}

/** Prompts of so many tokens, one after the other. */
async function prompts(runtime: GraphRuntime, tokens: number, count: number): Promise<KvCache[]> {
  const caches = Array.from({ length: count }, () => runtime.createCache());
  for (const cache of caches) {
    for (let left = tokens; left > 0; left -= 512) await append(runtime, [cache], Math.min(left, 512));
  }
  return caches;
}

/** Times both in turns and prints medians with half the distance of the quartiles. */
async function compare(what: string, turn: (runtime: GraphRuntime) => Promise<number[]>): Promise<void> {
  const times = { own: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (['own', 'theirs'] as const) : (['theirs', 'own'] as const);
    for (const which of order) {
      await pause(rest);
      times[which].push(...(await turn(runtimes[which])));
    }
  }
  const shown = (values: number[]): string =>
    `${quantile(values, 0.5).toFixed(1)} ± ${((quantile(values, 0.75) - quantile(values, 0.25)) / 2).toFixed(1)}`;
  const ratio = quantile(times.theirs, 0.5) / quantile(times.own, 0.5);
  print(`| ${what} | ${shown(times.own)} | ${shown(times.theirs)} | ${ratio.toFixed(2)} |`);
}

const time = async (run: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
};

print(`${threads} threads, load average ${(loadavg()[0] ?? NaN).toFixed(1)}, ${rounds} rounds, ms`);
print('|  | own | onnxruntime | ratio |\n| --- | --- | --- | --- |');
for (const [context, streams, tokens] of [
  [48, 1, 1],
  [512, 1, 1],
  [2048, 1, 1],
  [48, 4, 1],
  [48, 8, 1],
  [512, 1, 2],
  [512, 1, 4],
  [512, 1, 8],
  [2048, 1, 2],
  [2048, 1, 4],
] as const) {
  const caches = new Map<GraphRuntime, KvCache[]>();
  for (const runtime of Object.values(runtimes))
    caches.set(runtime, await prompts(runtime, context, streams));
  await compare(`${tokens} of an answer at ${context}, ${streams} at once`, async (runtime) => {
    const own = caches.get(runtime) ?? [];
    const taken: number[] = [];
    for (let step = 0; step < steps.ahead + steps.counted; step++) {
      taken.push(await time(() => append(runtime, own, tokens, true)));
      for (const cache of own) cache.truncate(context);
    }
    return taken.slice(steps.ahead);
  });
}
for (const tokens of [128, 512, 2048]) {
  await compare(`a prompt of ${tokens}`, async (runtime) => [await time(() => prompts(runtime, tokens, 1))]);
}
for (const patches of [768, 3072]) {
  const input = picture(patches);
  await compare(`a picture of ${patches} patches`, async (runtime) => [
    await time(() => runtime.encodeVision(input)),
  ]);
}
for (const runtime of Object.values(runtimes)) await runtime.close();

/** Noise: times do not depend on what a picture shows. */
function picture(patches: number): VisionInput {
  const half = config.vision.headDim / 2;
  const wave = (length: number): Float32Array => Float32Array.from({ length }, (_, at) => Math.sin(at * at));
  return {
    frames: 1,
    patches,
    pixelValues: wave(patches * modelShape(config).patchLength),
    positionIndex: new BigInt64Array(4 * patches),
    positionWeight: new Float32Array(4 * patches).fill(0.25),
    rotaryCos: wave(patches * half),
    rotarySin: wave(patches * half),
  };
}
