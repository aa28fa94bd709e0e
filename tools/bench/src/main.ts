import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadOptions } from '@qwenvl/engine';
import { timeConversation } from './conversation.js';
import { loadLlama } from './llama-subject.js';
import { loadQwenvl } from './qwenvl-subject.js';
import { table } from './report.js';
import { runBench, type Row } from './run-bench.js';
import { summarise } from './statistics.js';
import type { Subject } from './subject.js';
import { writeModel } from './write-model.js';

const { values } = parseArgs({
  options: {
    checkpoint: { type: 'string' },
    cache: { type: 'string' },
    subjects: { type: 'string', default: 'native:f32,native:int8,llama' },
    gguf: { type: 'string', default: join(tmpdir(), 'qwenvl-bench-2b.gguf') },
    'llama-modules': { type: 'string', default: process.cwd() },
    prompts: { type: 'string', default: '128,512' },
    contexts: { type: 'string', default: '16,512,2048' },
    streams: { type: 'string', default: '1,2,4,8' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '16' },
    pictures: { type: 'string', default: '0' },
    json: { type: 'string' },
  },
});

const numbers = (list: string): number[] => (list === '' ? [] : list.split(',').map(Number));
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

if (values.checkpoint === undefined) {
  process.stderr.write('npm run bench -- --checkpoint FOLDER [options, see tools/bench/README.md]\n');
  process.exit(2);
}

const { checkpoint, cache } = values;
const plan = {
  prompts: numbers(values.prompts),
  contexts: numbers(values.contexts),
  streams: numbers(values.streams),
  rounds: Number(values.rounds),
  steps: Number(values.steps),
};
const contextLength = Math.max(512, ...plan.prompts, ...plan.contexts) + 256;
const threads = availableParallelism();

/** `native:int8`, `stock:f32` or `llama`. The engine checks its options and names what is allowed. */
async function load(subject: string): Promise<Subject> {
  if (subject === 'llama') {
    await writeModel(values.gguf);
    return loadLlama({ model: values.gguf, modules: values['llama-modules'], threads, contextLength });
  }
  const [runtime, kvCache] = subject.split(':');
  return loadQwenvl(engineOptions(runtime, kvCache));
}

function engineOptions(runtime?: string, kvCache?: string): LoadOptions {
  return {
    model: checkpoint,
    cacheDir: cache,
    precision: 'q4',
    threads,
    contextLength,
    runtime: runtime as LoadOptions['runtime'],
    kvCache: kvCache as LoadOptions['kvCache'],
  };
}

const machine = { cpu: cpus()[0]?.model, cores: threads, memory: totalmem(), node: process.version };
print(
  `${machine.cpu ?? '?'}, ${machine.cores} cores, ${Math.round(machine.memory / 2 ** 30)} GiB, Node ${machine.node}`,
);
const subjects: Subject[] = [];
for (const name of values.subjects.split(',')) {
  const subject = await load(name);
  subjects.push(subject);
  print(
    `${subject.description}: loaded in ${(subject.loaded / 1000).toFixed(2)} s, ${Math.round(subject.memory / 1e6)} MB`,
  );
}
const rows: Row[] = [];
for await (const row of runBench(subjects, plan)) {
  rows.push(row);
  print(table([row], subjects).split('\n').at(-1) ?? '');
}
for (const subject of subjects) await subject.close();
print(table(rows, subjects));

const pictures = Number(values.pictures);
const conversations = [];
if (pictures > 0) {
  const [runtime, kvCache] = (values.subjects.split(',')[0] ?? '').split(':');
  const options = { ...engineOptions(runtime, kvCache), contextLength: 4096, prefixCache: true };
  const { engine } = await loadQwenvl(options);
  for (let seed = 0; seed < pictures; seed++) conversations.push(await timeConversation(engine, seed));
  await engine.close();
  const first = summarise(conversations.map(({ firstTurn }) => firstTurn));
  const second = summarise(conversations.map(({ secondTurn }) => secondTurn));
  print(
    `picture 1024x768 (${conversations[0]?.promptTokens ?? 0} tokens): first token after ${first.median.toFixed(0)} ms, second turn ${second.median.toFixed(0)} ms, ${(first.median / second.median).toFixed(1)} times faster`,
  );
}
if (values.json !== undefined) {
  const loads = subjects.map(({ name, description, loaded, memory }) => ({
    name,
    description,
    loaded,
    memory,
  }));
  await writeFile(values.json, JSON.stringify({ machine, plan, loads, rows, conversations }, null, 2));
}
