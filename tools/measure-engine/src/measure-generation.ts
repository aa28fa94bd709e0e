import { loadavg } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadEngine, type ChatMessage, type Engine, type LoadOptions } from '@qwenvl/engine';
import { picture } from './prompts.js';

export interface GenerationOptions extends Pick<LoadOptions, 'model' | 'precision' | 'threads' | 'cacheDir'> {
  /** Tokens of the prompt, about. */
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** Numbers of streams to run at once. */
  readonly streams: readonly number[];
  /** Side of the picture in pixels; 0 leaves it out. */
  readonly pictureSide: number;
}

interface Timing {
  /** Milliseconds from the request to its first token. */
  readonly first: number;
  /** Milliseconds from the first token to the last. */
  readonly rest: number;
  readonly prompt: number;
  readonly tokens: number;
}

async function time(engine: Engine, messages: readonly ChatMessage[], maxTokens: number): Promise<Timing> {
  const started = performance.now();
  let first = 0;
  let prompt = 0;
  let tokens = 0;
  const logitBias = Object.fromEntries(engine.info.eosTokenIds.map((id) => [id, -100]));
  const request = { messages, maxTokens, sampling: { temperature: 0, logitBias } };
  for await (const event of engine.generate(request)) {
    if (event.type === 'start') prompt = event.promptTokens;
    if (event.type !== 'token') continue;
    if (tokens === 0) first = performance.now() - started;
    tokens++;
  }
  return { first, rest: performance.now() - started - first, prompt, tokens };
}

const text = (tokens: number, salt: number): ChatMessage[] => [
  { role: 'user', content: `${salt} ${'kata '.repeat(Math.max(1, tokens - 12))}` },
];

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
const load = (): string => `load ${loadavg()[0]?.toFixed(1) ?? '?'}`;

/** Loads a checkpoint, generates, and reports line by line. */
export async function measureGeneration(
  options: GenerationOptions,
  print: (line: string) => void,
): Promise<void> {
  const { promptTokens, answerTokens } = options;
  const before = process.memoryUsage.rss();
  const started = performance.now();
  let startedGraphs = started;
  const engine = await loadEngine({
    ...options,
    speculation: 'off',
    onProgress: ({ stage, done }) => {
      if (stage === 'start' && done === 0) startedGraphs = performance.now();
    },
  });
  const loaded = performance.now();
  print(
    `model            ${engine.info.model}, ${engine.info.precision}, context ${engine.info.contextLength}`,
  );
  print(
    `load             ${seconds(loaded - started)}, of it reading the graphs ${seconds(loaded - startedGraphs)} (${load()})`,
  );
  print(`memory           ${megabytes(process.memoryUsage.rss() - before)} more than before loading`);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (const count of options.streams) {
    const begun = performance.now();
    const runs = Array.from({ length: count }, (_, index) =>
      time(engine, text(promptTokens, index), answerTokens),
    );
    const timings = await Promise.all(runs);
    const [{ first, rest, prompt, tokens } = { first: 0, rest: 1, prompt: 0, tokens: 0 }] = timings;
    const all = timings.reduce((sum, timing) => sum + timing.tokens, 0);
    print(
      count === 1
        ? `one stream       prompt ${prompt} tokens in ${seconds(first)} (${((1000 * prompt) / first).toFixed(1)} tokens/s), then ${((1000 * (tokens - 1)) / rest).toFixed(1)} tokens/s (${load()})`
        : `${count} streams        ${all} tokens in ${seconds(performance.now() - begun)} with their prompts (${load()})`,
    );
  }
  if (options.pictureSide > 0) {
    const image = picture(options.pictureSide, 1);
    const content = [{ type: 'image', image } as const, { type: 'text', text: 'Apa ini?' } as const];
    const { first, prompt } = await time(engine, [{ role: 'user', content }], 2);
    print(`picture ${options.pictureSide}      first token of ${prompt} after ${seconds(first)} (${load()})`);
  }
  delay.disable();
  print(
    `main loop delay  p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, longest ${(delay.max / 1e6).toFixed(1)} ms`,
  );
  print(`memory           ${megabytes(process.memoryUsage.rss() - before)} after generating`);
  await engine.close();
  print(`memory           ${megabytes(process.memoryUsage.rss() - before)} after closing`);
}
