import { describe, expect, it } from 'vitest';
import { goldenCheckpoint } from '../testing/golden-checkpoint.js';
import type { ChatMessage, ContentPart, ImagePart, RgbImage, VideoPart } from '../types.js';
import { maxPromptLength, preparePrompt } from './prepare-prompt.js';

const thinking = goldenCheckpoint('thinking');
const picture = (width: number, height: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(200),
});
const image = (width: number, height: number): ImagePart => ({
  type: 'image',
  image: picture(width, height),
});
const user = (...content: ContentPart[]): ChatMessage => ({ role: 'user', content });
const text = (value: string): ContentPart => ({ type: 'text', text: value });
const roomy = { maxPromptTokens: 100_000 };

const failure = (code: string) => expect.objectContaining({ code }) as unknown;

describe('a prepared prompt', () => {
  it('places several images of any sizes, patches on demand', () => {
    const { ids, positions, ropeDelta, media } = preparePrompt(
      thinking,
      { messages: [user(image(256, 256), text('and'), image(320, 224))] },
      roomy,
    );
    expect(media.map(({ kind, grid }) => ({ kind, ...grid }))).toEqual([
      { kind: 'image', t: 1, h: 16, w: 16 },
      { kind: 'image', t: 1, h: 14, w: 20 },
    ]);
    for (const medium of media) {
      const { spans, grid } = medium;
      const [span] = spans;
      expect(spans).toHaveLength(1);
      expect(span?.length).toBe((grid.h * grid.w) / 4);
      const run = ids.slice(span!.start, span!.start + span!.length);
      expect(run.every((id) => id === thinking.config.tokens.image)).toBe(true);
      expect(ids[span!.start - 1]).toBe(thinking.config.tokens.visionStart);
      const rows = medium.patches(0, 1);
      expect(rows).toHaveLength(grid.h * grid.w * 1536);
      expect(rows[0]).toBeCloseTo((200 - 127.5) / 127.5, 6);
    }
    const last = ids.length - 1;
    expect(positions[last]).toBe(last + ropeDelta);
  });

  it('takes pixel bounds of a part before those of the checkpoint', () => {
    const grid = (bounds: { minPixels?: number; maxPixels?: number }) =>
      preparePrompt(thinking, { messages: [user({ ...image(640, 640), ...bounds })] }, roomy).media[0]?.grid;
    expect(grid({})).toEqual({ t: 1, h: 40, w: 40 });
    expect(grid({ maxPixels: 10_000 })).toEqual({ t: 1, h: 6, w: 6 });
    expect(() => grid({ minPixels: 9000, maxPixels: 8000 })).toThrow(failure('invalid-request'));
  });

  it('counts media on request', () => {
    const { ids } = preparePrompt(
      thinking,
      { messages: [user(image(64, 64), image(64, 64))] },
      { ...roomy, addVisionId: true },
    );
    const decoded = thinking.tokenizer.decode(ids);
    expect(decoded).toContain('Picture 1: ');
    expect(decoded).toContain('Picture 2: ');
  });

  it('refuses an image that the template would leave out', () => {
    const messages: ChatMessage[] = [{ role: 'system', content: [image(64, 64)] }, user(text('hi'))];
    expect(() => preparePrompt(goldenCheckpoint('instruct'), { messages }, roomy)).toThrow(
      failure('media-not-rendered'),
    );
  });
});

describe('a prompt that does not fit', () => {
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Be brief.' },
    user(image(256, 256), text('first')),
    { role: 'assistant', content: 'one' },
    user(text('second')),
    { role: 'assistant', content: 'two' },
    user(text('third')),
  ];

  it('loses its oldest turns whole, images with them', () => {
    const { ids, media, droppedTurns } = preparePrompt(thinking, { messages }, { maxPromptTokens: 60 });
    expect(droppedTurns).toBe(1);
    expect(media).toEqual([]);
    const decoded = thinking.tokenizer.decode(ids);
    expect(decoded).toMatch(/Be brief[^]*one[^]*second[^]*third/);
    expect(decoded).not.toContain('first');
  });

  it('keeps everything when it fits exactly', () => {
    const { ids } = preparePrompt(thinking, { messages }, roomy);
    const exact = preparePrompt(thinking, { messages }, { maxPromptTokens: ids.length });
    expect(exact.droppedTurns).toBe(0);
    expect(exact.media).toHaveLength(1);
  });

  it('fails when asked to, and when nothing more may be dropped', () => {
    expect(() => preparePrompt(thinking, { messages }, { maxPromptTokens: 60, overflow: 'error' })).toThrow(
      failure('context-overflow'),
    );
    expect(() => preparePrompt(thinking, { messages }, { maxPromptTokens: 10 })).toThrow(
      failure('context-overflow'),
    );
  });
});

it('does not spend time on a text that no context holds', () => {
  const messages = [user(text('x '.repeat(maxPromptLength / 2)))];
  expect(() => preparePrompt(thinking, { messages }, roomy)).toThrow(failure('context-overflow'));
});

it('does not spend memory on an image that no context holds', () => {
  const messages = [user({ ...image(64, 64), minPixels: 10 ** 13 })];
  const most = { maxPromptTokens: Infinity };
  expect(() => preparePrompt(thinking, { messages }, most)).toThrow(failure('context-overflow'));
});

describe('bad input', () => {
  const frame = picture(64, 64);
  const video = (change: Partial<VideoPart['video']>): VideoPart => ({
    type: 'video',
    video: { frames: [frame, frame], frameIndices: [0, 1], fps: 2, ...change },
  });

  it.each<[string, string, ContentPart]>([
    ['pixels that do not fill the size', 'invalid-image', { type: 'image', image: { ...frame, width: 63 } }],
    ['an empty image', 'invalid-image', image(0, 0)],
    ['an extreme shape', 'invalid-image', image(300, 1)],
    ['no frames', 'invalid-video', video({ frames: [], frameIndices: [] })],
    ['missing frame indices', 'invalid-video', video({ frameIndices: [0] })],
    ['negative frame indices', 'invalid-video', video({ frameIndices: [-1, 0] })],
    ['no frame rate', 'invalid-video', video({ fps: 0 })],
    ['frames of two sizes', 'invalid-video', video({ frames: [frame, picture(32, 64)] })],
  ])('%s', (_, code, part) => {
    expect(() => preparePrompt(thinking, { messages: [user(part)] }, roomy)).toThrow(failure(code));
  });

  it.each<[string, unknown]>([
    ['no messages', []],
    ['an unknown role', [{ role: 'wizard', content: 'x' }]],
    ['content of another type', [{ role: 'user', content: 5 }]],
    ['an unknown part', [{ role: 'user', content: [{ type: 'audio' }] }]],
    ['a call without arguments', [{ role: 'assistant', content: '', toolCalls: [{ name: 'f' }] }]],
  ])('%s', (_, messages) => {
    expect(() => preparePrompt(thinking, { messages: messages as ChatMessage[] }, roomy)).toThrow(
      failure('invalid-request'),
    );
  });
});
