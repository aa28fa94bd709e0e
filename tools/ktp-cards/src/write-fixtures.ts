/**
 * Writes the specimen cards that the tests and the README of `@qwenvl/ktp` use. Run with `npm run ktp:fixtures`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import type { RgbImage } from '@qwenvl/ktp';

import { loadPlaces } from './areas.js';
import { expectedValues } from './bench/expected.js';
import { photograph } from './capture.js';
import { drawCard } from './draw-card.js';
import { chooseCapture } from './levels.js';
import { inventPerson } from './person.js';
import { Random } from './random.js';

const SEED = 7;
const FLAT_SCALE = 1.25;
const folder = fileURLToPath(new URL('../../../libs/ktp/fixtures/', import.meta.url));
mkdirSync(folder, { recursive: true });

const random = new Random(SEED);
const person = inventPerson(random, loadPlaces());
const flat = drawCard(person, random, FLAT_SCALE);
const { width, height } = flat;
writeFileSync(`${folder}specimen.rgb.gz`, gzipSync(flat.data, { level: 9 }));
writeFileSync(
  `${folder}specimen.json`,
  `${JSON.stringify({ width, height, fields: expectedValues(person) }, null, 2)}\n`,
);

const photo: { readonly image: RgbImage; readonly jpeg: Uint8Array } = await photograph(
  drawCard(person, new Random(SEED), 2),
  chooseCapture('mild', random),
  random,
);
writeFileSync(`${folder}specimen.jpg`, photo.jpeg);
