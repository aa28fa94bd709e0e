import { parseArgs } from 'node:util';
import { loadEngine, type LoadOptions } from '@qwenvl/engine';
import { MediaLoader } from '@qwenvl/media';
import { nanoCheckpointPath } from '@qwenvl/nano';
import { ask } from './ask.js';
import { readReference, readSamples } from './samples.js';
import { scoreTable } from './score-table.js';
import { finalAnswer, scoreByKind } from './scoring.js';

const { values } = parseArgs({
  options: {
    /** A folder in Hugging Face layout or a hub id. */
    model: { type: 'string', default: nanoCheckpointPath },
    /** Comma-separated; each is a column of the table. */
    precision: { type: 'string', default: 'fp32,q8' },
    threads: { type: 'string' },
    /** Only each n-th sample. */
    every: { type: 'string', default: '1' },
  },
});

const folder = new URL('../eval/', import.meta.url);
const step = Number(values.every);
const samples = (await readSamples(folder)).filter((_, index) => index % step === 0);
const reference = await readReference(folder);
const media = new MediaLoader();
const columns = new Map([['reference', scoreByKind(samples, reference)]]);
const agreement: string[] = [];

for (const precision of values.precision.split(',')) {
  const engine = await loadEngine({
    model: values.model,
    // The engine checks it and names what is allowed.
    precision: precision as LoadOptions['precision'],
    threads: values.threads === undefined ? undefined : Number(values.threads),
  });
  const answers: Record<string, string> = {};
  for (const sample of samples) {
    answers[sample.id] = await ask(engine, media, folder, sample);
  }
  await engine.close();
  columns.set(precision, scoreByKind(samples, answers));
  const same = samples.filter(
    ({ id }) => finalAnswer(answers[id] ?? '') === finalAnswer(reference[id] ?? ''),
  ).length;
  agreement.push(`${precision}: ${same} of ${samples.length} answers equal the reference's`);
}
await media.close();
process.stdout.write(`${scoreTable(columns)}\n\n${agreement.join('\n')}\n`);
