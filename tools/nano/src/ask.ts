import { readFile } from 'node:fs/promises';
import type { ChatMessage, ContentPart, Engine, RgbImage } from '@qwenvl/engine';
import type { MediaLoader } from '@qwenvl/media';
import type { Sample } from './samples.js';

/** No answer in the set is longer than a card, copied and in JSON; the reference stops there too. */
const MAX_TOKENS = 900;

/** The engine's greedy answer to a sample, thought included. */
export async function ask(engine: Engine, media: MediaLoader, folder: URL, sample: Sample): Promise<string> {
  const load = async (name: string): Promise<RgbImage> =>
    await media.loadImage({ type: 'bytes', bytes: await readFile(new URL(`media/${name}`, folder)) });
  const content: ContentPart[] = [];
  for (const name of sample.images) content.push({ type: 'image', image: await load(name) });
  if (sample.video) {
    const { file, frames: count, fps } = sample.video;
    const frames = sliceFrames(await load(file), count);
    content.push({ type: 'video', video: { frames, frameIndices: frames.map((_, index) => index), fps } });
  }
  content.push({ type: 'text', text: sample.question });
  let text = '';
  const messages = [...earlierTurns(sample), { role: 'user', content } as const];
  for await (const event of engine.generate({
    messages,
    sampling: { temperature: 0 },
    maxTokens: MAX_TOKENS,
  })) {
    if (event.type !== 'start') text += event.text;
  }
  return text;
}

function earlierTurns(sample: Sample): ChatMessage[] {
  const turns: ChatMessage[] =
    sample.system === undefined ? [] : [{ role: 'system', content: sample.system }];
  for (const [question, answer] of sample.before) {
    turns.push({ role: 'user', content: question }, { role: 'assistant', content: answer });
  }
  return turns;
}

/** Cuts a strip of frames, one below the other, into `count` pictures of equal height. */
export function sliceFrames(strip: RgbImage, count: number): RgbImage[] {
  const height = strip.height / count;
  const size = strip.width * height * 3;
  return Array.from({ length: count }, (_, index) => ({
    width: strip.width,
    height,
    data: strip.data.slice(index * size, (index + 1) * size),
  }));
}
