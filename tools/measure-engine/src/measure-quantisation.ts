import { loadEngine, type ChatMessage, type Engine } from '@qwenvl/engine';
import { commonLength, divergence, type TokenJudgement } from './divergence.js';
import { comparisonPrompts } from './prompts.js';

const answerTokens = 48;
/** Weights, how keys and values are held, and the weights for prompts. */
const variants = [
  ['fp16', 'f32', 'shared'],
  ['q8', 'f32', 'shared'],
  ['q4', 'f32', 'shared'],
  ['fp32', 'int8', 'shared'],
  ['q4', 'int8', 'shared'],
  ['fp32', 'f32', 'int8'],
  ['q4', 'f32', 'int8'],
] as const;

/** Greedy answers to every prompt, or the judgement of given ones; an end token does not end them. */
async function judge(
  engine: Engine,
  messages: readonly ChatMessage[],
  continueFrom: readonly number[] = [],
): Promise<TokenJudgement[]> {
  const judgements: TokenJudgement[] = [];
  const logitBias = Object.fromEntries(engine.info.eosTokenIds.map((id) => [id, -100]));
  const sampling = { temperature: 0, repetitionPenalty: 1, logitBias };
  const request = { messages, sampling, maxTokens: answerTokens, topLogprobs: 20, continueFrom };
  for await (const event of engine.generate(request)) {
    if (event.type !== 'token' || !event.logprob) continue;
    const top = new Map(event.logprob.top.map(({ id, logprob }) => [id, logprob]));
    judgements.push({ id: event.id, logprob: event.logprob.logprob, top });
  }
  return judgements;
}

/** Loads a model at each precision in turn and returns a table of how far each lies from fp32 with a cache of 32 bits. */
export async function measureQuantisation(model: string, cacheDir: string | undefined): Promise<string> {
  const reference = await loadEngine({ model, cacheDir, precision: 'fp32' });
  const expected: TokenJudgement[][] = [];
  for (const messages of comparisonPrompts()) expected.push(await judge(reference, messages));
  await reference.close();
  const lines = ['precision, cache, prefill tokens  top-1    dlogprob mean  max      KL        same until'];
  for (const [precision, kvCache, prefillWeights] of variants) {
    const engine = await loadEngine({ model, cacheDir, precision, kvCache, prefillWeights });
    const read: TokenJudgement[] = [];
    let common = 0;
    for (const [index, messages] of comparisonPrompts().entries()) {
      const ids = expected[index]?.map(({ id }) => id) ?? [];
      read.push(...(await judge(engine, messages, ids)));
      const free = await judge(engine, comparisonPrompts()[index] ?? []);
      common += commonLength(ids, free.map(({ id }) => id)) / expected.length; // prettier-ignore
    }
    await engine.close();
    const result = divergence(expected.flat(), read);
    lines.push(
      [
        `${precision}, ${kvCache}, ${prefillWeights}`.padEnd(25),
        String(result.tokens).padEnd(7),
        `${(100 * result.sameTop).toFixed(1)} %`.padEnd(8),
        result.meanLogprobDifference.toExponential(2).padEnd(14),
        result.maxLogprobDifference.toExponential(2).padEnd(8),
        result.kl.toExponential(2).padEnd(9),
        `${common.toFixed(1)} of ${answerTokens}`,
      ].join(' '),
    );
  }
  return lines.join('\n');
}
