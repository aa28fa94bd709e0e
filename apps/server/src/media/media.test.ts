import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediaLoader } from '@qwenvl/media';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config/read-config.js';
import type { RunningServer } from '../server.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';
import { createMediaResolver } from './create-media-resolver.js';

const FIXTURES = new URL('../../../../libs/media/fixtures/', import.meta.url);
const jpeg = readFileSync(new URL('images/jpeg-420.jpg', FIXTURES));
const png = readFileSync(new URL('images/png-rgb.png', FIXTURES));
const mp4 = readFileSync(new URL('videos/v16_2fps.mp4', FIXTURES));
const [jpegText, pngText, mp4Text] = [jpeg, png, mp4].map((bytes) => bytes.toString('base64')) as [
  string,
  string,
  string,
];

let server: RunningServer;
let client: OpenAI;
let files: Server;
let folder: string;
let url: (path: string) => string;
/** Prompt tokens of the question alone. */
let textTokens = 0;

beforeAll(async () => {
  files = createServer((request, response) => {
    if (request.url === '/missing') response.writeHead(404).end();
    else response.end(request.url === '/clip' ? mp4 : jpeg);
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  url = (path) => `http://127.0.0.1:${(files.address() as AddressInfo).port}/${path}`;
  folder = mkdtempSync(join(tmpdir(), 'qwenvl-server-media-'));
  copyFileSync(new URL('images/png-rgb.png', FIXTURES), join(folder, 'card.png'));
  copyFileSync(new URL('videos/v16_2fps.mp4', FIXTURES), join(folder, 'clip.mp4'));
  symlinkSync('/etc/hostname', join(folder, 'link.png'));
  server = await startTestServer({
    MEDIA_LOCAL_ROOTS: folder,
    MEDIA_ALLOWED_NETWORKS: '127.0.0.1/32',
    MEDIA_MAX_IMAGE_PIXELS: '5000',
    MAX_VIDEO_FRAMES: '4',
  });
  await untilReady(server.url);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
  textTokens = (await ask()).usage?.prompt_tokens ?? 0;
}, 90_000);

afterAll(async () => {
  await server.close();
  files.close();
  rmSync(folder, { recursive: true });
});

interface Case {
  readonly name: string;
  /** Called late, once the file server listens. */
  readonly part: () => Record<string, unknown>;
}

/** Every accepted shape, each over one of the kinds of source. */
const SHAPES: readonly Case[] = [
  {
    name: 'image_url, an object with a URL',
    part: () => ({ type: 'image_url', image_url: { url: url('a') } }),
  },
  { name: 'image_url, a string with a URL', part: () => ({ type: 'image_url', image_url: url('a') }) },
  {
    name: 'image_url, low detail',
    part: () => ({ type: 'image_url', image_url: { url: url('a'), detail: 'low' } }),
  },
  {
    name: 'image_url, a data: URL',
    part: () => ({ type: 'image_url', image_url: { url: `data:image/jpeg;base64,${jpegText}` } }),
  },
  { name: 'image_url, bare base64', part: () => ({ type: 'image_url', image_url: { url: pngText } }) },
  {
    name: 'image_url, a local path',
    part: () => ({ type: 'image_url', image_url: { url: join(folder, 'card.png') } }),
  },
  { name: 'image_url, a relative path', part: () => ({ type: 'image_url', image_url: 'card.png' }) },
  {
    name: 'image_url, a file: URL',
    part: () => ({ type: 'image_url', image_url: `file://${folder}/card.png` }),
  },
  { name: 'input_image with image_url', part: () => ({ type: 'input_image', image_url: url('a') }) },
  { name: 'input_image with b64_json', part: () => ({ type: 'input_image', b64_json: jpegText }) },
  { name: 'input_image with image', part: () => ({ type: 'input_image', image: join(folder, 'card.png') }) },
  { name: 'input_image with data', part: () => ({ type: 'input_image', data: pngText }) },
  {
    name: 'input_image, an object',
    part: () => ({ type: 'input_image', input_image: { b64_json: pngText } }),
  },
  {
    name: 'video_url, an object with a URL',
    part: () => ({ type: 'video_url', video_url: { url: url('clip') } }),
  },
  {
    name: 'video_url, a data: URL',
    part: () => ({ type: 'video_url', video_url: `data:video/mp4;base64,${mp4Text}` }),
  },
  { name: 'video_url, bare base64', part: () => ({ type: 'video_url', video_url: { url: mp4Text } }) },
  {
    name: 'video_url, a local path',
    part: () => ({ type: 'video_url', video_url: { url: join(folder, 'clip.mp4') } }),
  },
  { name: 'input_video with b64_json', part: () => ({ type: 'input_video', b64_json: mp4Text, fps: 1 }) },
  { name: 'input_video with data', part: () => ({ type: 'input_video', data: mp4Text, num_frames: 2 }) },
  {
    name: 'input_video, a list of frames',
    part: () => ({ type: 'input_video', frames: [url('a'), jpegText, jpegText], fps: 1 }),
  },
];

describe('a part of a message', () => {
  it.each(SHAPES)('$name is seen and answered', async ({ part }) => {
    const answer = await ask(part());
    expect(answer.choices[0]?.finish_reason).toMatch(/stop|length/);
    expect(answer.usage?.prompt_tokens).toBeGreaterThan(textTokens);
  });

  it('reaches the resizer with its pixel bounds', async () => {
    const tokens = async (extra: object): Promise<number> => {
      const answer = await ask({ type: 'image_url', image_url: { url: url('a') }, ...extra });
      return answer.usage?.prompt_tokens ?? 0;
    };
    expect(await tokens({ min_pixels: 256 * 256 })).toBeGreaterThan(await tokens({}));
  });

  it('with low detail is bounded to 512x512 pixels, unless it has bounds of its own', async () => {
    const loader = new MediaLoader();
    const resolve = createMediaResolver(loader);
    const part = { type: 'image', source: pngText, detail: 'low' } as const;
    const items = [part, { ...part, maxPixels: 4096 }].map((each) => ({ part: each, param: 'messages' }));
    const parts = await resolve(items, new AbortController().signal);
    expect(parts.map(({ maxPixels }) => maxPixels)).toEqual([512 * 512, 4096]);
    await loader.close();
  });
});

describe('media that cannot be read', () => {
  it.each<[string, () => Record<string, unknown>, number, string]>([
    [
      'an address that is not public',
      () => ({ image_url: 'http://10.0.0.1/a.png' }),
      400,
      'media_blocked_address',
    ],
    ['a path outside the roots', () => ({ image_url: '/etc/hostname' }), 400, 'media_blocked_path'],
    ['a link that leads outside', () => ({ image_url: join(folder, 'link.png') }), 400, 'media_blocked_path'],
    ['a URL without a file', () => ({ image_url: url('missing') }), 400, 'media_download_failed'],
    [
      'an image with too many pixels',
      () => ({ image_url: asUrl('size-3000x2.png') }),
      413,
      'media_too_large',
    ],
    [
      'a text',
      () => ({ image_url: `data:image/png;base64,${btoa('no image at all')}` }),
      415,
      'media_unsupported_format',
    ],
    [
      'a damaged file',
      () => ({ image_url: `data:image/png;base64,${png.subarray(0, 900).toString('base64')}` }),
      422,
      'media_corrupt',
    ],
  ])('%s is refused with a status of its own', async (_, fields, status, code) => {
    const { image_url } = fields();
    const asking = ask({ type: 'image_url', image_url });
    await expect(asking).rejects.toMatchObject({ status, code, param: 'messages[0].content[0]' });
  });

  it('names a wrong setting at the start', () => {
    expect(() => readConfig({ MEDIA_ALLOWED_NETWORKS: 'home' })).toThrow(/MEDIA_ALLOWED_NETWORKS/);
  });
});

function asUrl(fixture: string): string {
  return `data:image/png;base64,${readFileSync(new URL(`images/${fixture}`, FIXTURES)).toString('base64')}`;
}

function ask(...parts: Record<string, unknown>[]): Promise<OpenAI.ChatCompletion> {
  const content = [
    ...parts,
    { type: 'text', text: 'What is it?' },
  ] as unknown as OpenAI.ChatCompletionContentPart[];
  return client.chat.completions.create({
    model: 'qwenvl-nano',
    messages: [{ role: 'user', content }],
    max_completion_tokens: 2,
    temperature: 0,
  });
}
