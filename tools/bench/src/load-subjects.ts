import { availableParallelism } from 'node:os';
import type { LoadOptions } from '@qwenvl/engine';
import { loadLlama } from './llama-subject.js';
import type { BenchOptions } from './options.js';
import { loadReference } from './reference-subject.js';
import { newPrompt } from './prompts.js';
import { loadQwenvl } from './qwenvl-subject.js';
import type { Row } from './run-bench.js';
import { summarise } from './statistics.js';
import type { Subject } from './subject.js';
import { loadTransformers } from './transformers-subject.js';
import { writeModel } from './write-model.js';
import { writeTransformersModel } from './write-transformers-model.js';

/**
 * `native:int8`, `stock:f32`, `native:f32:int8` (the last is for prefill), `llama`, `transformers.js` or `reference`. The
 * engine checks its options and names what is allowed.
 */
async function loadSubject(name: string, options: BenchOptions, contextLength: number): Promise<Subject> {
  if (name === 'llama') {
    await writeModel(options.gguf);
    const { gguf: model, llamaModules: modules } = options;
    return loadLlama({ model, modules, threads: availableParallelism(), contextLength });
  }
  const threads = availableParallelism();
  if (name === 'transformers.js') {
    const folder = options.transformersModel;
    await writeTransformersModel(options.checkpoint, folder);
    return loadTransformers({ folder, threads });
  }
  if (name === 'reference') {
    const { python, checkpoint } = options;
    if (python === undefined) throw new Error('the reference needs --python, the path of one that has torch');
    return loadReference({ python, checkpoint, threads });
  }
  return loadQwenvl(engineOptions(name, options, contextLength));
}

/** Options of the engine for a subject. A step is one token: random weights repeat themselves, which is guessed well. */
export function engineOptions(name: string, options: BenchOptions, contextLength: number): LoadOptions {
  const [runtime, kvCache, prefillWeights] = name.split(':');
  return {
    model: options.checkpoint,
    cacheDir: options.cache,
    precision: 'q4',
    speculation: 'off',
    threads: availableParallelism(),
    contextLength,
    runtime: runtime as LoadOptions['runtime'],
    kvCache: kvCache as LoadOptions['kvCache'],
    prefillWeights: prefillWeights as LoadOptions['prefillWeights'],
  };
}

/** Loads all subjects, one after another, and has each answer once: load time, time to a first token, memory. */
export async function loadSubjects(
  options: BenchOptions,
): Promise<{ readonly subjects: Subject[]; readonly rows: Row[] }> {
  const { prompts, contexts } = options.plan;
  const contextLength = Math.max(512, ...prompts, ...contexts) + 256;
  const subjects: Subject[] = [];
  const firsts: Record<string, number> = {};
  for (const name of options.subjects) {
    const subject = await loadSubject(name, options, contextLength);
    subjects.push(subject);
    const { first } = await subject.answer(newPrompt(16), 4);
    firsts[subject.name] = (subject.loaded + first) / 1000;
  }
  const once = (name: string, unit: Row['unit'], value: (subject: Subject) => number): Row => ({
    name,
    unit,
    load: NaN,
    values: Object.fromEntries(subjects.map((subject) => [subject.name, summarise([value(subject)])])),
  });
  return {
    subjects,
    rows: [
      once('load', 's', ({ loaded }) => loaded / 1000),
      once('first token after start', 's', ({ name }) => firsts[name] ?? NaN),
      once('memory after loading', 'MB', ({ memory }) => memory / 1e6),
    ],
  };
}
