import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine, type Engine } from './engine.js';
import { goldenTensors, goldenUrl } from './testing/golden-files.js';
import { modelFull, readExpected, type GoldenCase } from './testing/golden.js';
import { writeFullCheckpoint } from './testing/small-checkpoint.js';
import type { ChatMessage, ContentPart, RgbImage } from './types.js';

async function readImage(name: string): Promise<RgbImage> {
  const file = fileURLToPath(goldenUrl(`images/${name}`));
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function videoPart(): ContentPart {
  const { bytes } = goldenTensors('video/v16_24fps.frames.safetensors')('frames');
  const length = 96 * 64 * 3;
  const frameIndices = [0, 5, 10, 15];
  const frames = frameIndices.map((index) => ({
    width: 96,
    height: 64,
    data: bytes.slice(index * length, (index + 1) * length),
  }));
  return { type: 'video', video: { frames, frameIndices, fps: 24 } };
}

/** The case's messages with the pictures that the reference put in the place of its file names. */
async function messagesOf({ messages = [] }: GoldenCase): Promise<ChatMessage[]> {
  const files = ['exact_256.png', 'exact_320x224.png'];
  return await Promise.all(
    messages.map(async ({ role, content }) => {
      if (typeof content === 'string') return { role, content };
      const parts: ContentPart[] = [];
      for (const { type, text = '' } of content) {
        if (type === 'image') parts.push({ type, image: await readImage(files.shift() ?? '') });
        else parts.push(type === 'video' ? videoPart() : { type: 'text', text });
      }
      return { role, content: parts };
    }),
  );
}

describe.runIf(existsSync(modelFull))(
  'the reference with the real vocabulary, from messages and pictures',
  () => {
    let model: string;
    let cacheDir: string;
    let engine: Engine;

    beforeAll(async () => {
      model = await writeFullCheckpoint();
      cacheDir = await mkdtemp(join(tmpdir(), 'qwenvl-cache-'));
      engine = await loadEngine({ model, cacheDir, threads: 1, contextLength: 4096 });
    }, 120_000);

    afterAll(async () => {
      await engine.close();
      await rm(model, { recursive: true });
      await rm(cacheDir, { recursive: true });
    });

    const cases = existsSync(modelFull) ? Object.entries(readExpected(modelFull).cases) : [];

    test.each(cases)('%s: 32 greedy tokens', { timeout: 60_000 }, async (_name, golden) => {
      const ids: number[] = [];
      const messages = await messagesOf(golden);
      for await (const event of engine.generate({ messages, maxTokens: 32, sampling: { temperature: 0 } })) {
        if (event.type === 'start') expect(event.promptTokens).toBe(golden.input_ids.length);
        if (event.type === 'token') ids.push(event.id);
      }
      expect(ids).toEqual(golden.greedy32.tokens);
    });
  },
);
