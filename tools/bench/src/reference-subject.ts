import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processMemory } from './process-memory.js';
import type { Subject, Timing } from './subject.js';

export interface ReferenceOptions {
  /** A Python that has torch and transformers. */
  readonly python: string;
  readonly checkpoint: string;
  readonly threads: number;
}

const script = fileURLToPath(new URL('../python/reference.py', import.meta.url));

/** Hugging Face transformers in bfloat16, in a process of its own that answers line by line. */
export async function loadReference({ python, checkpoint, threads }: ReferenceOptions): Promise<Subject> {
  const before = await processMemory();
  const started = performance.now();
  const child = spawn(python, [script, checkpoint, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<Record<string, unknown>> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${python} ended; its messages are above`);
    return JSON.parse(line.value) as Record<string, unknown>;
  };
  const ask = async (request: object): Promise<Timing> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { first, steps } = await read();
    return { first: first as number, steps: steps as number[] };
  };
  const { version, torch } = await read();
  const loaded = performance.now() - started;
  return {
    name: 'reference',
    description: `Hugging Face transformers ${String(version)}, torch ${String(torch)}, bfloat16`,
    loaded,
    memory: (await processMemory()) - before,
    answer: (prompt, tokens) => ask({ answer: prompt, tokens }),
    hold: async (prompt) => {
      const { first } = await ask({ hold: prompt, tokens: 1 });
      return { filled: first, steps: async (count) => (await ask({ steps: count })).steps };
    },
    close: async () => {
      child.stdin.end();
      await new Promise((resolve) => child.once('close', resolve));
    },
  };
}
