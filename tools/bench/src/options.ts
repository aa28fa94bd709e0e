import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Plan } from './run-bench.js';

/** What the command line asks for. */
export interface BenchOptions {
  readonly checkpoint: string;
  readonly cache: string | undefined;
  readonly subjects: readonly string[];
  readonly gguf: string;
  readonly llamaModules: string;
  /** Folder of the model for Transformers.js, written when it is not there. */
  readonly transformersModel: string;
  /** A Python that has torch and transformers. */
  readonly python: string | undefined;
  readonly plan: Plan;
  /** Conversations about pictures, with the first subject. */
  readonly pictures: number;
  readonly json: string | undefined;
  readonly plot: string | undefined;
}

const numbers = (list: string): number[] => (list === '' ? [] : list.split(',').map(Number));

/** Undefined when no checkpoint is named. */
export function parseOptions(): BenchOptions | undefined {
  const { values } = parseArgs({
    options: {
      checkpoint: { type: 'string' },
      cache: { type: 'string' },
      subjects: { type: 'string', default: 'native:f32,native:int8,llama' },
      gguf: { type: 'string', default: join(tmpdir(), 'qwenvl-bench-2b.gguf') },
      'llama-modules': { type: 'string', default: process.cwd() },
      'transformers-model': { type: 'string', default: join(tmpdir(), 'qwenvl-bench-text') },
      python: { type: 'string' },
      prompts: { type: 'string', default: '128,512' },
      contexts: { type: 'string', default: '16,512,2048' },
      streams: { type: 'string', default: '1,2,4,8' },
      rounds: { type: 'string', default: '3' },
      steps: { type: 'string', default: '16' },
      pictures: { type: 'string', default: '0' },
      json: { type: 'string' },
      plot: { type: 'string' },
    },
  });
  if (values.checkpoint === undefined) return undefined;
  return {
    checkpoint: values.checkpoint,
    cache: values.cache,
    subjects: values.subjects === '' ? [] : values.subjects.split(','),
    gguf: values.gguf,
    llamaModules: values['llama-modules'],
    transformersModel: values['transformers-model'],
    python: values.python,
    plan: {
      prompts: numbers(values.prompts),
      contexts: numbers(values.contexts),
      streams: numbers(values.streams),
      rounds: Number(values.rounds),
      steps: Number(values.steps),
    },
    pictures: Number(values.pictures),
    json: values.json,
    plot: values.plot,
  };
}
