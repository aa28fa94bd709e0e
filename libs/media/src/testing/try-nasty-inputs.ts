/** A process of its own that loads every nasty input, one after the other, and writes what came of each. */
import { MediaError } from '../media-error.js';
import { MediaLoader } from '../media-loader.js';
import { NASTY_IMAGES } from './nasty-images.js';
import type { NastyInput, NastyOutcome } from './nasty-input.js';
import { NASTY_VIDEOS } from './nasty-videos.js';

const WATCH_INTERVAL_MS = 5;

const inputs = process.argv[2] === 'image' ? NASTY_IMAGES : NASTY_VIDEOS;
const loader = new MediaLoader({ videoBackend: process.argv[3] === 'native' ? 'native' : 'wasm' });
for (const input of inputs) {
  const outcome = await attempt(input);
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
await loader.close();

async function attempt(input: NastyInput): Promise<NastyOutcome> {
  const bytes = input.make();
  let peak = process.memoryUsage.rss();
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, WATCH_INTERVAL_MS);
  const start = performance.now();
  const outcome = await load(input.kind, bytes);
  clearInterval(watch);
  return {
    name: input.name,
    outcome,
    milliseconds: Math.round(performance.now() - start),
    peakMegabytes: Math.round(peak / 2 ** 20),
  };
}

async function load(kind: NastyInput['kind'], bytes: Uint8Array): Promise<string> {
  try {
    if (kind === 'image') {
      const { width, height } = await loader.loadImage({ type: 'bytes', bytes });
      return `${width}x${height}`;
    }
    const { frames } = await loader.loadVideo({ type: 'bytes', bytes });
    const [first] = frames;
    return `${frames.length} frames ${first?.width}x${first?.height}`;
  } catch (error) {
    if (MediaError.isInstance(error)) return error.code;
    throw error;
  }
}
