import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { MediaLoader } from '@qwenvl/media';
import sharp from 'sharp';
import { makeClip, makePhoto } from './inputs.js';
import { measure, type Measurement } from './measure.js';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
const FRAMES = 16;
const MAX_OUTPUT_BYTES = 2 ** 30;

const folder = mkdtempSync(join(tmpdir(), 'qwenvl-bench-media-'));
const photo = await makePhoto();
const clip = makeClip(folder);
const wasm = new MediaLoader({ videoBackend: 'wasm' });
const native = new MediaLoader({ videoBackend: 'native' });
const run = promisify(execFile);

/** The same 16 frames in one command line, for comparison. */
async function commandLine(): Promise<void> {
  const indices = Array.from({ length: FRAMES }, (_, i) => Math.round((i * 299) / (FRAMES - 1)));
  const select = `select='${indices.map((index) => `eq(n,${index})`).join('+')}'`;
  const output = ['-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'];
  const limits = { encoding: 'buffer', maxBuffer: MAX_OUTPUT_BYTES } as const;
  await run('ffmpeg', ['-v', 'error', '-i', clip.path, '-vf', select, ...output], limits);
}

try {
  await measureAll();
} finally {
  await Promise.all([wasm.close(), native.close()]);
  rmSync(folder, { recursive: true });
}

async function measureAll(): Promise<void> {
  process.stdout.write(
    `JPEG ${(photo.length / 1e6).toFixed(1)} MB; clip ${(clip.bytes.length / 1e6).toFixed(1)} MB\n`,
  );
  print(
    await measure('12 MP JPEG, @qwenvl/media', runs, () => wasm.loadImage({ type: 'bytes', bytes: photo })),
  );
  print(await measure('12 MP JPEG, sharp', runs, () => sharp(photo).rotate().raw().toBuffer()));
  const options = { numFrames: FRAMES };
  print(
    await measure('16 frames, WebAssembly', runs, () =>
      wasm.loadVideo({ type: 'bytes', bytes: clip.bytes }, options),
    ),
  );
  print(
    await measure('16 frames, native backend', runs, () =>
      native.loadVideo({ type: 'bytes', bytes: clip.bytes }, options),
    ),
  );
  print(await measure('16 frames, ffmpeg command', runs, commandLine));
}

function print({ name, median, worst, loopDelay }: Measurement): void {
  const figures = [median, worst, loopDelay].map((value) => `${value.toFixed(0)} ms`.padStart(9));
  process.stdout.write(
    `${name.padEnd(28)} median${figures[0]}  worst${figures[1]}  event loop held up${figures[2]}\n`,
  );
}
