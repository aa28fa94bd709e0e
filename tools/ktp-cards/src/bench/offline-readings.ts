/**
 * Reads invented cards offline, as `auto` does before it asks a model, and writes down what the model would be asked.
 *
 *   npm run ktp:readings -- --level hard --count 5 > readings.json
 *
 * `npm run bench:readings` measures with it how much sooner the model answers. Cards of which the offline reader is
 * sure are passed over: of these no model is asked.
 */
import { parseArgs } from 'node:util';

import {
  AutoReader,
  FIELD_NAMES,
  ImageRefusedError,
  MODEL_ANSWER_SCHEMA,
  ModelReader,
  OcrReader,
} from '@qwenvl/ktp';

import { loadPlaces } from '../areas.js';
import { LEVELS } from '../levels.js';
import type { CardText } from '../person.js';
import { makeSample } from '../sample.js';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    level: { type: 'string', default: 'hard' },
    count: { type: 'string', default: '5' },
  },
});
const level = LEVELS.find((name) => name === options.level);
if (level === undefined) throw new Error(`--level must be one of ${LEVELS.join(', ')}`);

/** Most cards that are drawn in search of those of which the offline reader is not sure. */
const MOST_CARDS = 500;

const readings: { readonly answer: string; readonly prediction: string; readonly offline: number }[] = [];
const places = loadPlaces();
const ocr = new OcrReader();
const tried = { refused: 0, sure: 0 };
for (let index = 0; readings.length < Number(options.count) && index < MOST_CARDS; index++) {
  const { image, truth } = await makeSample(Number(options.seed), level, index, places);
  const answer = rightAnswer(truth);
  let prediction: string | undefined;
  const model = new ModelReader({
    ask: (request) => {
      prediction = request.prediction;
      return Promise.resolve(answer);
    },
  });
  const begin = performance.now();
  try {
    await new AutoReader(ocr, model).read(image);
  } catch (error) {
    if (!ImageRefusedError.isInstance(error)) throw error;
    tried.refused += 1;
    continue;
  }
  if (prediction === undefined) tried.sure += 1;
  else readings.push({ answer, prediction, offline: performance.now() - begin });
  process.stderr.write(`card ${index}: ${readings.length} of ${options.count}\n`);
}
await ocr.close();
process.stderr.write(
  `${readings.length} readings; passed over: ${tried.sure} read surely, ${tried.refused} refused\n`,
);
process.stdout.write(JSON.stringify({ schema: MODEL_ANSWER_SCHEMA, readings }));

/** What a model writes that makes no mistake. */
function rightAnswer(truth: CardText): string {
  const printed = { ...truth, alamat: truth.alamat.join(' ') };
  const entries = FIELD_NAMES.map(
    (name) => `${JSON.stringify(name)}: ${JSON.stringify(printed[name] || null)}`,
  );
  return `{${entries.join(', ')}}`;
}
