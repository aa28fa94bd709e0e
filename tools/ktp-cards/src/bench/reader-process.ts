/** Process that holds one reader and nothing else, so that its time and memory are its own. Started by `reader-client.ts`. */
import { openReader, READER_NAMES } from './readers.js';
import type { ReaderReply, ReaderRequest } from './reader-client.js';

const name = READER_NAMES.find((known) => known === process.argv[2]);
if (!name) throw new Error('name a reader');
const reader = await openReader(name, Number(process.argv[3]));

process.on('message', (request: ReaderRequest) => {
  void answer(request);
});

async function answer(request: ReaderRequest): Promise<void> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await reader.read(request);
  const milliseconds = performance.now() - start;
  const used = process.cpuUsage(cpu);
  process.send?.({
    answer: result,
    milliseconds,
    cpuMilliseconds: (used.user + used.system) / 1000,
    memory: process.memoryUsage.rss(),
    peakMemory: process.resourceUsage().maxRSS * 1024,
  } satisfies ReaderReply);
}
