import { readFile, writeFile } from 'node:fs/promises';
import { loadEngine, type ChatMessage, type LoadOptions, type RgbImage } from '@qwenvl/engine';

/** What to measure: pictures as `[width, height]`, and videos as `[frames, width, height]`. */
export interface MediaOptions extends Pick<LoadOptions, 'model' | 'precision' | 'cacheDir'> {
  readonly pictures: readonly (readonly number[])[];
  readonly videos: readonly (readonly number[])[];
}

function picture(width: number, height: number, seed: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let index = 0; index < data.length; index++) data[index] = (index * 31 + seed * 97) ^ (index >> 9);
  return { width, height, data };
}

function pictureContent([width = 0, height = 0]: readonly number[]): ChatMessage['content'] {
  return [{ type: 'image', image: picture(width, height, 1) }];
}

function videoContent([count = 0, width = 0, height = 0]: readonly number[]): ChatMessage['content'] {
  const frames = Array.from({ length: count }, (_, index) => picture(width, height, index));
  return [{ type: 'video', video: { frames, frameIndices: [...frames.keys()], fps: 2 } }];
}

/** This process and its children. */
async function processes(): Promise<string[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return [String(process.pid), ...children.split(' ').filter((pid) => pid !== '')];
}

/** Most bytes that the processes have held since {@link resetPeaks}, added up. Linux only. */
async function peaks(): Promise<number> {
  let bytes = 0;
  for (const pid of await processes()) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    bytes += Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }
  return bytes;
}

async function resetPeaks(): Promise<void> {
  for (const pid of await processes()) await writeFile(`/proc/${pid}/clear_refs`, '5');
}

/** Prints time to the first token and peak memory of all processes for each picture and video. */
export async function measureMedia(
  { pictures, videos, ...load }: MediaOptions,
  print: (line: string) => void,
): Promise<void> {
  const engine = await loadEngine(load);
  print(`${engine.info.precision}: ${Math.round((await peaks()) / 1e6)} MB at most until loaded`);
  const cases = [
    ...pictures.map((size) => [`picture ${size.join('x')}`, () => pictureContent(size)] as const),
    ...videos.map((size) => [`video ${size.join('x')}`, () => videoContent(size)] as const),
  ];
  for (const [name, content] of cases) {
    await resetPeaks();
    const started = performance.now();
    let tokens = 0;
    for await (const event of engine.generate({
      messages: [{ role: 'user', content: content() }],
      maxTokens: 1,
    })) {
      if (event.type === 'start') tokens = event.promptTokens;
    }
    const seconds = (performance.now() - started) / 1000;
    print(
      `${name}: ${tokens} tokens, first token after ${seconds.toFixed(1)} s, ${Math.round((await peaks()) / 1e6)} MB at most`,
    );
  }
  await engine.close();
}
