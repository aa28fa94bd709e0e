import type { CheckpointConfig } from '@qwenvl/exporter';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelFull, modelSmall, readExpected, readTensors, type GoldenCase } from '../testing/golden.js';
import { goldenPrompt } from '../testing/golden-prompt.js';
import { writeFullCheckpoint, writeSmallCheckpoint } from '../testing/small-checkpoint.js';
import type { TokenTask } from './protocol.js';
import { runtimes } from '../testing/runtimes.js';
import { openGoldenWorker } from './testing/golden-worker.js';
import type { WorkerClient } from './worker-client.js';

const logprobTolerance = 2e-4;

/** model_full tells its pictures by hash alone where they are large; those cases are held at the chat level. */
const hasPixels = (folder: string, name: string, golden: GoldenCase): boolean =>
  folder === modelSmall ||
  (golden.image_grid_thw ?? golden.video_grid_thw) === undefined ||
  name === 'one_image' ||
  name === 'video';

const models = [
  { name: 'model_small', folder: modelSmall, write: writeSmallCheckpoint, prefillChunk: 8 },
  { name: 'model_full', folder: modelFull, write: writeFullCheckpoint, prefillChunk: 32 },
]
  .filter(({ folder }) => existsSync(folder))
  .flatMap((model) => runtimes.map((runtime) => ({ ...model, ...runtime })));

describe.each(models)(
  '$name with the $runtime runtime',
  ({ folder, write, prefillChunk, runtime, spawn }) => {
    const expected = readExpected(folder);
    let client: WorkerClient;
    let config: CheckpointConfig;
    let close: () => Promise<void>;

    beforeAll(async () => {
      ({ client, config, close } = await openGoldenWorker({
        folder,
        write,
        prefillChunk,
        runtime,
        spawn,
        prefillWeights: 'shared',
      }));
    }, 120_000);

    afterAll(async () => {
      await close();
    });

    async function run(task: TokenTask): Promise<{ ids: number[]; logprobs: number[] }> {
      const ids: number[] = [];
      const logprobs: number[] = [];
      for await (const event of client.generate(task)) {
        if (event.type !== 'token') continue;
        ids.push(event.id);
        logprobs.push(event.logprob?.logprob ?? NaN);
      }
      return { ids, logprobs };
    }

    const cases = Object.entries(expected.cases).filter(([name, golden]) => hasPixels(folder, name, golden));

    describe.each(cases)('case %s', (name, golden) => {
      const task = (more: Partial<TokenTask>): TokenTask => ({
        ...goldenPrompt(golden, readTensors(folder, name), config),
        maxTokens: 32,
        sampling: { temperature: 0 },
        topLogprobs: 0,
        ...more,
      });

      test('32 greedy tokens and their log probabilities are those of the reference', async () => {
        const { ids, logprobs } = await run(task({}));
        expect(ids).toEqual(golden.greedy32.tokens);
        for (const [index, logprob] of logprobs.entries()) {
          const difference = Math.abs(logprob - (golden.greedy32.logprobs[index] ?? NaN));
          expect(difference).toBeLessThan(logprobTolerance);
        }
      });

      test('with a repetition penalty of 1.3 too', async () => {
        const { ids } = await run(task({ sampling: { temperature: 0, repetitionPenalty: 1.3 } }));
        expect(ids).toEqual(golden['greedy32_repetition_penalty_1.3'].tokens);
      });

      test('a generation taken up again goes on like the reference', async () => {
        for (const count of [1, 8, 31]) {
          const { ids, logprobs } = await run(task({ continueFrom: golden.greedy32.tokens.slice(0, count) }));
          expect(ids).toEqual(golden.greedy32.tokens);
          for (const [index, logprob] of logprobs.entries()) {
            const difference = Math.abs(logprob - (golden.greedy32.logprobs[index] ?? NaN));
            expect(difference).toBeLessThan(logprobTolerance);
          }
        }
      });
    });

    test('all cases at once, in shared steps, give the tokens of the reference', async () => {
      const runs = cases.map(([name, golden]) =>
        run({
          ...goldenPrompt(golden, readTensors(folder, name), config),
          maxTokens: 32,
          sampling: { temperature: 0 },
        }),
      );
      const answers = await Promise.all(runs);
      expect(answers.map(({ ids }) => ids)).toEqual(cases.map(([, golden]) => golden.greedy32.tokens));
    });

    test('a turn appended to an answer gives the logits after a cache continuation', async () => {
      for (const [name, golden] of Object.entries(expected.continuation)) {
        const prompt = cases.find(([other]) => other === golden.prompt_case);
        if (!prompt) continue;
        const { ids, media } = goldenPrompt(prompt[1], readTensors(folder, golden.prompt_case), config);
        const whole = Int32Array.from([...ids, ...golden.generated, ...golden.appended]);
        const answer = await run({ ids: whole, media, maxTokens: 1, sampling: { temperature: 0 } });
        expect(answer.ids, name).toEqual(golden.argmax_each.slice(-1));
      }
    });
  },
);
