/**
 * Reads invented cards offline, as `auto` and `vlm` do before they ask a model, and writes down what the model would be
 * asked.
 *
 *   npm run ktp:readings -- --reader auto --level hard --count 5 > readings.json
 *
 * `npm run bench:readings` measures with it how much sooner the model answers. With `auto`, cards of which the offline
 * reader is sure are passed over, since no model is asked about them; with `vlm`, those that it refuses. The networks
 * are read before the first card.
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
    reader: { type: 'string', default: 'auto' },
    seed: { type: 'string', default: '1' },
    level: { type: 'string', default: 'hard' },
    count: { type: 'string', default: '5' },
  },
});
const level = LEVELS.find((name) => name === options.level);
if (options.reader !== 'auto' && options.reader !== 'vlm') throw new Error('--reader must be auto or vlm');
if (level === undefined) throw new Error(`--level must be one of ${LEVELS.join(', ')}`);

/** Most cards that are drawn in search of those of which the offline reader is not sure. */
const MOST_CARDS = 500;

const readings: { readonly answer: string; readonly prediction: string; readonly offline: number }[] = [];
const places = loadPlaces();
const ocr = new OcrReader();
const tried = { refused: 0, unpredicted: 0 };
const { image: first } = await makeSample(Number(options.seed), 'clean', 0, places);
await ocr.read(first);
for (let index = 0; readings.length < Number(options.count) && index < MOST_CARDS; index++) {
  const { image, truth } = await makeSample(Number(options.seed), level, index, places);
  const answer = rightAnswer(truth);
  let prediction: string | undefined;
  const answering = {
    ask: (request: { readonly prediction?: string | undefined }) => {
      prediction = request.prediction;
      return Promise.resolve(answer);
    },
  };
  const reader =
    options.reader === 'vlm'
      ? new ModelReader(answering, { predictor: ocr })
      : new AutoReader(ocr, new ModelReader(answering));
  const begin = performance.now();
  try {
    await reader.read(image);
  } catch (error) {
    if (!ImageRefusedError.isInstance(error)) throw error;
    tried.refused += 1;
    continue;
  }
  if (prediction === undefined) tried.unpredicted += 1;
  else readings.push({ answer, prediction, offline: performance.now() - begin });
  process.stderr.write(`card ${index}: ${readings.length} of ${options.count}\n`);
}
await ocr.close();
process.stderr.write(
  `${readings.length} readings; passed over: ${tried.unpredicted} without a prediction, ${tried.refused} refused\n`,
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
