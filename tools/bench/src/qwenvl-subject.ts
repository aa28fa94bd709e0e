import { loadEngine, type Engine, type LoadOptions } from '@qwenvl/engine';
import { processMemory } from './process-memory.js';
import { timeTokens, type Subject, type Timing } from './subject.js';

async function* tokensOf(engine: Engine, prompt: readonly number[], maxTokens: number) {
  const logitBias = Object.fromEntries(engine.info.eosTokenIds.map((id) => [id, -100]));
  for await (const event of engine.complete({ prompt, maxTokens, sampling: { temperature: 0, logitBias } })) {
    if (event.type === 'token') yield event.id;
  }
}

/** This project's engine. Its prefix cache is on: prompts that begin as none before are computed whole all the same. */
export async function loadQwenvl(options: LoadOptions): Promise<Subject & { readonly engine: Engine }> {
  const before = await processMemory();
  const started = performance.now();
  const engine = await loadEngine(options);
  const loaded = performance.now() - started;
  const { precision, runtime, runtimeFallback, kvCache, prefillWeights } = engine.info;
  const prefill = prefillWeights === 'int8' ? ', int8 prefill' : '';
  const answer = (prompt: readonly number[], tokens: number): Promise<Timing> =>
    timeTokens(tokensOf(engine, prompt, tokens), tokens);
  return {
    engine,
    name: `${runtime} ${kvCache}${prefill}`,
    description: `qwenvl ${precision}, ${runtime} runtime, ${kvCache} cache${prefill}${runtimeFallback === undefined ? '' : ` (${runtimeFallback})`}`,
    loaded,
    memory: (await processMemory()) - before,
    answer,
    hold: async (prompt) => ({
      filled: (await answer(prompt, 1)).first,
      // The prompt is kept but for its last tokens; they and the first step are left out.
      steps: async (count) => (await answer(prompt, count + 2)).steps.slice(1),
    }),
    answerAll: (prompts, tokens) => Promise.all(prompts.map((prompt) => answer(prompt, tokens))),
    close: () => engine.close(),
  };
}
