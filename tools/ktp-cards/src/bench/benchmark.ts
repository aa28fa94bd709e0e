/**
 * Scores readers on generated cards and prints Markdown tables.
 *
 *   npm run bench:ktp -- --seed 20260 --count 500 --levels clean,mild,hard,extra-hard --readers ocr,tesseract:20 --out results.jsonl
 *
 * A reader with a number behind it reads only so many cards of each level.
 * Results are appended card by card, and cards already in the file are skipped: a run can be stopped and taken
 * up again. `--report-only` prints the tables of an existing file.
 */
import { appendFile, readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { loadPlaces } from '../areas.js';
import { LEVELS, type Level } from '../levels.js';
import { makeSample, type Sample } from '../sample.js';
import { expectedValues } from './expected.js';
import { ReaderClient } from './reader-client.js';
import { READER_NAMES, type ReaderName } from './readers.js';
import { recordSchema, type BenchRecord } from './record.js';
import { report } from './report.js';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '40' },
    levels: { type: 'string', default: LEVELS.join(',') },
    readers: { type: 'string', default: 'ocr' },
    threads: { type: 'string', default: '2' },
    out: { type: 'string', default: 'ktp-results.jsonl' },
    mistakes: { type: 'boolean', default: false },
    'report-only': { type: 'boolean', default: false },
  },
});
const seed = Number(options.seed);
const levels = LEVELS.filter((level) => options.levels.split(',').includes(level));
/** Readers and how many cards of each level they read. */
const counts = new Map<ReaderName, number>();
for (const part of options.readers.split(',')) {
  const [wanted, count = options.count] = part.split(':');
  const name = READER_NAMES.find((known) => known === wanted);
  if (!name) throw new Error(`readers are ${READER_NAMES.join(', ')}`);
  counts.set(name, Math.min(Number(count), Number(options.count)));
}

const done = await previousRecords(options.out);
if (!options['report-only']) await run();
console.log(report(done.filter((record) => record.seed === seed)));
if (options.mistakes) printMistakes();

async function run(): Promise<void> {
  console.log(
    `load average at start: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
  const places = loadPlaces();
  const readers = new Map<ReaderName, ReaderClient>();
  for (const name of counts.keys()) {
    readers.set(name, await ReaderClient.open(name, Number(options.threads)));
  }
  // Level by level within each index: a run that is stopped early has as many cards of each level.
  for (let index = 0; index < Number(options.count); index++) {
    for (const level of levels) {
      const open = [...counts.keys()].filter(
        (name) => index < (counts.get(name) ?? 0) && !known(name, level, index),
      );
      if (open.length === 0) continue;
      const sample = await makeSample(seed, level, index, places);
      for (const name of open) await measure(name, readers.get(name), sample);
    }
  }
  for (const reader of readers.values()) await reader.close();
  console.log(
    `load average at end: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  );
}

async function measure(name: ReaderName, reader: ReaderClient | undefined, sample: Sample): Promise<void> {
  if (!reader) return;
  const { answer, ...cost } = await reader.read(sample);
  const record: BenchRecord = {
    reader: name,
    seed,
    level: sample.level,
    index: sample.index,
    defect: sample.defect ?? null,
    refused: answer.refused,
    expected: expectedValues(sample.truth),
    values: answer.values,
    nikWarnings: [...answer.nikWarnings],
    ...cost,
  };
  done.push(record);
  await appendFile(options.out, `${JSON.stringify(record)}\n`);
}

function known(reader: ReaderName, level: Level, index: number): boolean {
  return done.some(
    (record) =>
      record.reader === reader && record.seed === seed && record.level === level && record.index === index,
  );
}

async function previousRecords(path: string): Promise<BenchRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => recordSchema.parse(JSON.parse(line)));
}

function printMistakes(): void {
  for (const record of done.filter((one) => one.seed === seed)) {
    const place = `${record.reader} ${record.level} ${record.index}`;
    if (record.refused !== record.defect)
      console.log(place, 'refused', record.refused, 'expected', record.defect);
    if (record.refused !== null || record.defect !== null) continue;
    for (const [field, expected] of Object.entries(record.expected)) {
      const value = record.values[field] ?? '';
      const flags = field === 'nik' ? record.nikWarnings.join(',') : '';
      if (value !== expected)
        console.log(place, field, JSON.stringify(value), 'for', JSON.stringify(expected), flags);
    }
  }
}
