import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

const PHOTO = { width: 4000, height: 3000 };

/** A photo-like JPEG of 12 megapixels: smooth shapes with grain, quality 90, subsampled chroma. */
export async function makePhoto(): Promise<Buffer> {
  const grain = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  return sharp({ create: { width: 500, height: 375, channels: 3, background: '#888', noise: grain } })
    .resize(PHOTO.width, PHOTO.height, { kernel: 'cubic' })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A clip of 10 s, 1280x720, 30 frames a second, H.264, written to the folder. */
export function makeClip(folder: string): { readonly path: string; readonly bytes: Buffer } {
  const path = join(folder, 'clip.mp4');
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30:duration=10'];
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...source,
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '60',
    path,
  ]);
  return { path, bytes: readFileSync(path) };
}
