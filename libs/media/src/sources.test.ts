import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaError } from './media-error.js';
import { MediaLoader } from './media-loader.js';
import type { MediaPolicyInput } from './policy.js';
import { decodeBase64 } from './source/base64.js';

const jpeg = readFileSync(new URL('../fixtures/images/jpeg-420.jpg', import.meta.url));
const mp4 = readFileSync(new URL('../fixtures/videos/v3_short.mp4', import.meta.url));
const size = { width: 61, height: 43 };

describe('an image', () => {
  const loader = new MediaLoader();
  afterAll(() => loader.close());

  it.each<[string, Parameters<MediaLoader['loadImage']>[0]]>([
    ['bytes', { type: 'bytes', bytes: jpeg }],
    ['a stream', { type: 'stream', stream: chunksOf(jpeg, 100) }],
    ['base64', jpeg.toString('base64')],
    ['base64url without padding', jpeg.toString('base64url')],
    ['base64 in lines', jpeg.toString('base64').replaceAll(/(.{76})/g, '$1\r\n')],
    ['base64 said outright', { type: 'base64', data: jpeg.toString('base64') }],
    ['a data: URL', `data:image/jpeg;base64,${jpeg.toString('base64')}`],
    ['a data: URL with a wrong type', `data:text/plain;charset=utf-8;base64,${jpeg.toString('base64')}`],
    ['a data: URL in capitals', `DATA:image/jpeg;BASE64,${jpeg.toString('base64')}`],
  ])('comes from %s', async (_, source) => {
    await expect(loader.loadImage(source)).resolves.toMatchObject(size);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'invalid-source'],
    ['base64 with foreign characters', `${jpeg.toString('base64').slice(0, 400)}$$$$`, 'invalid-source'],
    ['a data: URL that is not base64', 'data:image/svg+xml,<svg/>', 'invalid-source'],
    ['a data: URL without a comma', 'data:image/png;base64', 'invalid-source'],
    ['a URL that is none', 'http://', 'invalid-source'],
    ['a local path', '/etc/hostname', 'blocked-path'],
    ['a file: URL', 'file:///etc/hostname', 'blocked-path'],
    ['a file: URL of another host', 'file://host/etc/hostname', 'invalid-source'],
  ])('does not come from %s', async (_, source, code) => {
    expect(await codeOf(loader.loadImage(source))).toBe(code);
  });

  it('leaves the bytes it was given as they were', async () => {
    const bytes = new Uint8Array(jpeg);
    await loader.loadImage({ type: 'bytes', bytes });
    expect(bytes).toEqual(new Uint8Array(jpeg));
  });
});

describe('the limits of a request', () => {
  const frame = { type: 'bytes', bytes: jpeg } as const;

  it.each<[string, MediaPolicyInput]>([
    ['pixels', { maxRequestPixels: 2 * size.width * size.height }],
    ['items', { maxRequestItems: 2 }],
    ['bytes', { maxRequestBytes: 2 * jpeg.length }],
  ])('hold over all of its %s, and for no other request', async (_, policy) => {
    const loader = new MediaLoader(policy);
    const budget = loader.createBudget();
    const codes = [];
    for (let i = 0; i < 3; i += 1) codes.push(await codeOf(loader.loadImage(frame, { budget })));
    expect(codes).toEqual(['none', 'none', 'too-large']);
    expect(await codeOf(loader.loadImage(frame))).toBe('none');
    await loader.close();
  });

  it('give up a stream that stalls', async () => {
    const loader = new MediaLoader({ downloadTimeoutMs: 50 });
    const stream = new ReadableStream<Uint8Array>();
    expect(await codeOf(loader.loadImage({ type: 'stream', stream }))).toBe('timeout');
    await loader.close();
  });
});

describe('base64', () => {
  it('decodes to what was encoded, whatever the alphabet and padding', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('base64', 'base64url'),
        (bytes, alphabet) => {
          expect([...decodeBase64(Buffer.from(bytes).toString(alphabet), 1000)]).toEqual([...bytes]);
        },
      ),
    );
  });

  it.each(['QUJD$$$$QUJD', 'QUJD=QUJD', 'Q', 'QUJDR', 'é'])('%s is refused', (text) => {
    expect(() => decodeBase64(text, 1000)).toThrow(MediaError);
  });

  it('that is too long is refused before it is decoded', () => {
    expect(() => decodeBase64('A'.repeat(2_000_000), 1000)).toThrow(/more than 1000 bytes/);
  });
});

describe('a local path', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qwenvl-media-paths-'));
  const root = join(folder, 'root');
  const loader = new MediaLoader({ localRoots: [root, join(root, 'not-there')], maxImageBytes: 100_000 });
  beforeAll(() => {
    mkdirSync(join(root, 'inner'), { recursive: true });
    mkdirSync(join(folder, 'root-sibling'));
    writeFileSync(join(root, 'inner', 'picture.png'), jpeg);
    writeFileSync(join(folder, 'outside.jpg'), jpeg);
    writeFileSync(join(folder, 'root-sibling', 'a.jpg'), jpeg);
    writeFileSync(join(root, 'large.jpg'), new Uint8Array(100_001));
    symlinkSync(join(folder, 'outside.jpg'), join(root, 'link-out.jpg'));
    symlinkSync(folder, join(root, 'folder-out'));
    symlinkSync(join(root, 'inner', 'picture.png'), join(root, 'link-in.jpg'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
  });
  afterAll(async () => {
    await loader.close();
    rmSync(folder, { recursive: true });
  });

  it.each(['inner/picture.png', './inner/../inner/picture.png', 'link-in.jpg'])(
    '%s is read, whatever its name says',
    async (path) => {
      await expect(loader.loadImage({ type: 'path', path })).resolves.toMatchObject(size);
      await expect(loader.loadImage(join(root, path))).resolves.toMatchObject(size);
      await expect(loader.loadImage(`file://${join(root, path)}`)).resolves.toMatchObject(size);
    },
  );

  it.each([
    ...[
      '../outside.jpg',
      '../root-sibling/a.jpg',
      'link-out.jpg',
      'folder-out/outside.jpg',
      'inner',
      '.',
      '/etc/passwd',
    ],
    ...[
      'inner/picture.png\0.jpg',
      'pipe',
      'missing.jpg',
      '/dev/zero',
      '/proc/self/environ',
      '..',
      '%2e%2e/outside.jpg',
    ],
  ])('%s is not', async (path) => {
    expect(await codeOf(loader.loadImage({ type: 'path', path }))).toBe('blocked-path');
  });

  it('to a file that is too large is refused', async () => {
    expect(await codeOf(loader.loadImage({ type: 'path', path: 'large.jpg' }))).toBe('too-large');
  });
});

describe('a download', () => {
  let server: Server;
  let port = 0;
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/image': (response) => response.end(jpeg),
    '/declared': (response) => {
      response.writeHead(200, { 'content-length': 50_001 }).flushHeaders();
    },
    '/chunked': (response) => {
      response.on('error', () => undefined);
      const push = (): void => {
        while (!response.destroyed && response.write(new Uint8Array(10_000)));
        if (!response.destroyed) response.once('drain', push);
      };
      push();
    },
    '/drip': (response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    },
    '/silent': () => undefined,
    '/breaks': (response) =>
      response.writeHead(200, { 'content-length': 5000 }).write('x', () => response.destroy()),
    '/packed': (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    '/forbidden': (response) => response.writeHead(403).end(),
  };
  const policy = {
    allowedNetworks: ['127.0.0.1/32'],
    maxImageBytes: 50_000,
    maxRequestBytes: 20_000,
    downloadTimeoutMs: 500,
  };
  const loader = new MediaLoader(policy);
  beforeAll(async () => {
    server = createServer((request, response) => {
      answers[request.url ?? '']?.(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await loader.close();
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['/image', 'none'],
    ['/declared', 'too-large'],
    ['/chunked', 'too-large'],
    ['/drip', 'timeout'],
    ['/silent', 'timeout'],
    ['/breaks', 'download-failed'],
    ['/packed', 'download-failed'],
    ['/forbidden', 'download-failed'],
  ])('of %s ends with %s', async (path, code) => {
    expect(await codeOf(loader.loadImage(`http://127.0.0.1:${port}${path}`))).toBe(code);
  });

  it('ends at once when it is aborted', async () => {
    const controller = new AbortController();
    const loading = loader.loadImage(`http://127.0.0.1:${port}/silent`, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(loading).rejects.toThrow('enough');
  });

  it('counts against the limits of its request', async () => {
    const budget = loader.createBudget();
    const load = (): Promise<string> =>
      codeOf(loader.loadImage(`http://127.0.0.1:${port}/image`, { budget }));
    expect(jpeg.length).toBeLessThan(10_000);
    const codes = [];
    for (let i = 0; i < Math.ceil(policy.maxRequestBytes / jpeg.length) + 1; i += 1) codes.push(await load());
    expect(codes[0]).toBe('none');
    expect(codes.at(-1)).toBe('too-large');
  });
});

describe('a list of frames', () => {
  const loader = new MediaLoader({ maxFrames: 3 });
  afterAll(() => loader.close());
  const frame = { type: 'bytes', bytes: jpeg } as const;

  it('is a video that is sampled already', async () => {
    const video = await loader.loadFrames([frame, frame, frame], 4);
    expect(video).toMatchObject({
      frameIndices: [0, 1, 2],
      fps: 4,
      timestamps: [0, 0.25, 0.5],
      decodedBy: 'frames',
    });
    expect(video.frames).toHaveLength(3);
  });

  it('has limits', async () => {
    const other = {
      type: 'bytes',
      bytes: readFileSync(new URL('../fixtures/images/size-1x1.png', import.meta.url)),
    } as const;
    expect(await codeOf(loader.loadFrames([]))).toBe('invalid-source');
    expect(await codeOf(loader.loadFrames([frame, frame, frame, frame]))).toBe('too-large');
    expect(await codeOf(loader.loadFrames([frame, other]))).toBe('invalid-source');
    expect(await codeOf(loader.loadFrames([{ type: 'bytes', bytes: mp4 }]))).toBe('unsupported-format');
  });
});

function* chunks(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += length) yield bytes.subarray(i, i + length);
}

async function* chunksOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks(bytes, length)) yield await Promise.resolve(chunk);
}

async function codeOf(loading: Promise<unknown>): Promise<string> {
  try {
    await loading;
    return 'none';
  } catch (error) {
    if (MediaError.isInstance(error)) return error.code;
    throw error;
  }
}
