/**
 * Reads cards through the engine with the answer held to the schema, and compares the speed with free generation.
 *
 *   npm run bench:ktp-model -- --count 10 [--model Qwen/Qwen3-VL-2B-Instruct]
 *
 * Prints how many answers were valid, and how many times faster a token of a held answer is: keys and punctuation
 * are forced by the schema and need no step of their own.
 */
import { parseArgs } from 'node:util';

import { loadEngine } from '@qwenvl/engine';
import { MODEL_ANSWER_SCHEMA, ModelReader } from '@qwenvl/ktp';
import { nanoCheckpointPath } from '@qwenvl/nano';

import { loadPlaces } from '../areas.js';
import { makeSample } from '../sample.js';
import { askEngine, type EngineAnswer } from './ask-engine.js';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '5' },
    model: { type: 'string', default: nanoCheckpointPath },
  },
});
/** Most tokens of one answer. */
const MAX_TOKENS = 2048;

const engine = await loadEngine({ model: options.model });
const places = loadPlaces();
let [valid, heldTokens, heldTime, freeTokens, freeTime] = [0, 0, 0, 0, 0];
for (let index = 0; index < Number(options.count); index++) {
  const { image } = await makeSample(Number(options.seed), 'clean', index, places);
  let held: EngineAnswer | undefined;
  let question = '';
  let answer = '';
  const reader = new ModelReader({
    ask: async ({ prompt, schema }) => {
      question = prompt;
      held = await askEngine(engine, { image, prompt, maxTokens: MAX_TOKENS, schema, thinkingBudget: 0 });
      answer = held.text.slice(held.text.indexOf('{'));
      return answer;
    },
  });
  await reader.read(image);
  if (!held) throw new Error('the model was not asked');
  const keys = Object.keys(JSON.parse(answer) as object);
  if (keys.join() === MODEL_ANSWER_SCHEMA.required.join()) valid++;
  const free = await askEngine(engine, { image, prompt: question, maxTokens: held.tokens });
  heldTokens += held.tokens;
  heldTime += held.milliseconds;
  freeTokens += free.tokens;
  freeTime += free.milliseconds;
}
await engine.close();
const [heldRate, freeRate] = [heldTokens / heldTime, freeTokens / freeTime].map((rate) => rate * 1000);
console.log(`valid answers: ${valid} of ${options.count}`);
console.log(`held to the schema: ${heldRate?.toFixed(0)} tokens/s over ${heldTokens} tokens`);
console.log(`free: ${freeRate?.toFixed(0)} tokens/s over ${freeTokens} tokens`);
console.log(`ratio: ${((heldRate ?? 0) / (freeRate ?? 1)).toFixed(2)}`);
