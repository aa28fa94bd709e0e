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
          evaluate(tokens: number[], options: object): AsyncGenerator<number>;
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
      return timeTokens(sequence.evaluate([...prompt], { temperature: 0, yieldEogTokens: true }), tokens);
    },
    close: () => llama.dispose(),
  };
}
