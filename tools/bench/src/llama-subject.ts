import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { processMemory } from './process-memory.js';
import { timeTokens, type Subject } from './subject.js';

/** What is used of node-llama-cpp, which is installed by hand. */
interface NodeLlamaCpp {
  readonly getLlama: (options: object) => Promise<{
    loadModel(options: object): Promise<{
      createContext(options: object): Promise<{
        getSequence(): {
          readonly nextTokenIndex: number;
          evaluate(tokens: number[], options: object): AsyncGenerator<number>;
          evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
          eraseContextTokenRanges(ranges: { start: number; end: number }[]): Promise<void>;
          clearHistory(): Promise<void>;
        };
      }>;
    }>;
    dispose(): Promise<void>;
  }>;
}

export interface LlamaOptions {
  /** The GGUF file. */
  readonly model: string;
  /** Folder whose `node_modules` has node-llama-cpp. */
  readonly modules: string;
  readonly threads: number;
  readonly contextLength: number;
}

const greedy = { temperature: 0, yieldEogToken: true };

/** llama.cpp through node-llama-cpp's prebuilt binaries, with flash attention and its f16 cache. */
export async function loadLlama({ model, modules, threads, contextLength }: LlamaOptions): Promise<Subject> {
  const entry = createRequire(join(modules, 'package.json')).resolve('node-llama-cpp');
  const { getLlama } = (await import(pathToFileURL(entry).href)) as NodeLlamaCpp;
  const before = await processMemory();
  const started = performance.now();
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    maxThreads: threads,
    logLevel: 'error',
  });
  const loaded = await llama.loadModel({ modelPath: model, gpuLayers: 0 });
  const context = await loaded.createContext({
    contextSize: contextLength,
    batchSize: 512,
    threads,
    flashAttention: true,
  });
  const sequence = context.getSequence();
  const took = performance.now() - started;
  return {
    name: 'llama.cpp',
    description: 'llama.cpp of node-llama-cpp, Q4_0 with a Q6_K head, f16 cache, flash attention',
    loaded: took,
    memory: (await processMemory()) - before,
    answer: async (prompt, tokens) => {
      await sequence.clearHistory();
      return timeTokens(sequence.evaluate([...prompt], greedy), tokens);
    },
    hold: async (prompt) => {
      const length = prompt.length - 1;
      await sequence.clearHistory();
      const started = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(0, length));
      return {
        filled: performance.now() - started,
        steps: async (count) => {
          await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
          return (await timeTokens(sequence.evaluate(prompt.slice(length), greedy), count + 1)).steps;
        },
      };
    },
    close: () => llama.dispose(),
  };
}
