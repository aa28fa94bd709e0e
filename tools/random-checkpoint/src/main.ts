import type { BlockSize, Precision } from '@qwenvl/exporter';
import { parseArgs } from 'node:util';
import { measureExport } from './measure-export.js';
import { configOf, SHAPES } from './shapes.js';
import { writeCheckpoint } from './write-checkpoint.js';

const USAGE = `random-checkpoint write   --shape ${Object.keys(SHAPES).join('|')} --out FOLDER [--seed 1] [--shard-mb 2000] [--files FOLDER]
random-checkpoint measure --source FOLDER --target FOLDER [--precision q4] [--block-size N] [--int8-prefill]`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    shape: { type: 'string' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'shard-mb': { type: 'string', default: '2000' },
    files: { type: 'string' },
    source: { type: 'string' },
    target: { type: 'string' },
    precision: { type: 'string', default: 'q4' },
    'block-size': { type: 'string' },
    'int8-prefill': { type: 'boolean', default: false },
  },
});

const [command] = positionals;
const shape = SHAPES[values.shape ?? ''];
if (command === 'write' && shape && values.out !== undefined) {
  await writeCheckpoint({
    folder: values.out,
    config: configOf(shape),
    seed: Number(values.seed),
    shardBytes: Number(values['shard-mb']) * 1e6,
    files: values.files,
    onProgress: (done, total) => {
      showProgress('write', done, total);
    },
  });
  process.stderr.write('\n');
} else if (command === 'measure' && values.source !== undefined && values.target !== undefined) {
  const report = await measureExport({
    source: values.source,
    target: values.target,
    // The exporter checks them and names what is allowed.
    precision: values.precision as Precision,
    blockSize: values['block-size'] === undefined ? undefined : (Number(values['block-size']) as BlockSize),
    int8Prefill: values['int8-prefill'],
    onProgress: ({ phase, doneBytes, totalBytes }) => {
      showProgress(phase, doneBytes, totalBytes);
    },
  });
  process.stderr.write('\n');
  process.stdout.write(`${report}\n`);
} else {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
}

function showProgress(phase: string, done: number, total: number): void {
  process.stderr.write(`\r${phase.padEnd(10)} ${((100 * done) / total).toFixed(1).padStart(5)} %`);
}
