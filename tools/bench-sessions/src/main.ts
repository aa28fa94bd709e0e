import { parseArgs } from 'node:util';
import { measureAppends, measureLatency, measureReaders, measureReplay, measureStalled } from './measures.js';
import { printFigures } from './print-figures.js';
import { modes, withStore } from './stores.js';

const { values } = parseArgs({
  options: { readers: { type: 'string', default: '1000' }, stalled: { type: 'string', default: '50' } },
});

const measures = {
  appends: measureAppends,
  latency: measureLatency,
  replay: measureReplay,
  readers: (store) => measureReaders(store, Number(values.readers)),
  stalled: (store) => measureStalled(store, Number(values.stalled)),
} satisfies Record<string, typeof measureAppends>;

for (const mode of modes) {
  for (const [name, measure] of Object.entries(measures)) {
    printFigures(`${mode.padEnd(8)} ${name.padEnd(8)}`, await withStore(mode, measure));
  }
}
