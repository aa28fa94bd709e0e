import { neutralSampling } from '../../sampling/settings.js';
import { tokenPrompt } from '../../worker/token-prompt.js';
import { Answer } from '../answer.js';
import { Scheduler } from '../scheduler.js';
import { defaultLimits } from '../scheduler-limits.js';
import { Sequence } from '../sequence.js';
import { Stepper } from '../stepper.js';
import type { Drafter } from '../speculation.js';
import type { TokenConstraint } from '../token-constraint.js';
import type { OpenExport } from './open-export.js';

/** A greedy answer to a prompt of token ids. */
export interface OneAnswer {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly constraint: TokenConstraint;
  readonly drafter?: Drafter;
}

/** Milliseconds from the first token of the answer to its last. */
export async function timeAnswer(open: OpenExport, asked: OneAnswer): Promise<number> {
  const { runtime, config, tokenizer } = open;
  const limits = { ...defaultLimits, maxCachedTokens: 8192, prefixCache: false };
  const scheduler = new Scheduler(new Stepper(runtime, config, 0), limits);
  const request = {
    prompt: tokenPrompt({ ids: Int32Array.from(asked.prompt), media: [] }, config),
    sampling: { ...neutralSampling, temperature: 0 },
    seed: 1,
    topLogprobs: undefined,
    continueFrom: [],
    replay: 'chunked',
    constraint: asked.constraint,
    drafter: asked.drafter,
    cacheScope: '',
  } as const;
  const answer = new Answer(tokenizer.vocabulary, {
    eosIds: new Set(),
    stop: [],
    maxTokens: asked.maxTokens,
  });
  let first = NaN;
  let last = NaN;
  await new Promise<void>((resolve, reject) => {
    const event = ({ type }: { readonly type: string }): void => {
      if (type === 'finish') resolve();
      if (type !== 'token') return;
      last = performance.now();
      if (Number.isNaN(first)) first = last;
    };
    scheduler.submit(new Sequence(request, answer, { event, failed: reject }));
  });
  await scheduler.stop();
  return last - first;
}
