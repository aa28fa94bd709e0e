/**
 * Compares what a model reads of a photo with what it reads of the card cut out of it, as `auto` shows it.
 *
 *   npm run bench:ktp-cutout -- --count 15 [--level hard] [--model Qwen/Qwen3-VL-2B-Instruct]
 *
 * Prints the fields that were read exactly, spaces aside, of those of the cards that the offline reader could place.
 */
import { parseArgs } from 'node:util';

import { loadEngine } from '@qwenvl/engine';
import {
  FIELD_NAMES,
  ImageRefusedError,
  ModelReader,
  OcrReader,
  straighten,
  type RgbImage,
} from '@qwenvl/ktp';
import { nanoCheckpointPath } from '@qwenvl/nano';

import { loadPlaces } from '../areas.js';
import { LEVELS } from '../levels.js';
import type { CardText } from '../person.js';
import { makeSample } from '../sample.js';
import { askEngine } from './ask-engine.js';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    level: { type: 'string', default: 'hard' },
    count: { type: 'string', default: '15' },
    model: { type: 'string', default: nanoCheckpointPath },
  },
});
const level = LEVELS.find((name) => name === options.level);
if (level === undefined) throw new Error(`--level must be one of ${LEVELS.join(', ')}`);
/** Most tokens of one answer, and of the thought before it. */
const [MAX_TOKENS, THINKING_BUDGET] = [2048, 512];

const engine = await loadEngine({ model: options.model });
const reader = new ModelReader({
  ask: async ({ image, prompt, schema }) => {
    const asked = { image, prompt, schema, maxTokens: MAX_TOKENS, thinkingBudget: THINKING_BUDGET };
    const { text } = await askEngine(engine, asked);
    return text.split('</think>').at(-1) ?? '';
  },
});
const ocr = new OcrReader();
const places = loadPlaces();
const right = { photo: 0, card: 0 };
let cards = 0;
for (let index = 0; index < Number(options.count); index++) {
  const { image, truth } = await makeSample(Number(options.seed), level, index, places);
  const toPicture = await placeOf(image);
  if (!toPicture) continue;
  cards++;
  right.photo += await countRight(image, truth);
  right.card += await countRight(await straighten(image, toPicture), truth);
  process.stderr.write(
    `card ${index + 1} of ${options.count}: ${right.photo} and ${right.card} fields so far\n`,
  );
}
await Promise.all([engine.close(), ocr.close()]);
console.log(
  `level ${level}: ${cards} of ${options.count} cards placed, ${cards * FIELD_NAMES.length} fields`,
);
console.log(`read from the photo: ${right.photo}`);
console.log(`read from the card cut out of it: ${right.card}`);

async function placeOf(image: RgbImage) {
  try {
    return (await ocr.readRaw(image)).toPicture;
  } catch (error) {
    if (ImageRefusedError.isInstance(error)) return undefined;
    throw error;
  }
}

async function countRight(image: RgbImage, truth: CardText): Promise<number> {
  const fields = await reader.readRaw(image);
  const printed: Record<string, string> = { ...truth, alamat: truth.alamat.join(' ') };
  const bare = (text: string | undefined): string => (text ?? '').replaceAll(' ', '');
  return FIELD_NAMES.filter((name) => bare(fields[name]?.raw) === bare(printed[name])).length;
}
