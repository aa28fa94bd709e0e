import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs the system's ffmpeg in a folder of its own and gives what it wrote. Inputs lie there under their names. */
export function ffmpeg(
  args: readonly string[],
  output: string,
  inputs: Readonly<Record<string, Uint8Array>> = {},
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'qwenvl-media-test-'));
  try {
    for (const [name, bytes] of Object.entries(inputs)) writeFileSync(join(folder, name), bytes);
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...args, output], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return readFileSync(join(folder, output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a synthetic clip looks like. */
export interface ClipOptions {
  readonly seconds?: number;
  readonly rate?: number;
  readonly size?: string;
  /** Container, by its file extension. */
  readonly container?: string;
  /** Options of the encoder and the container. */
  readonly encode?: readonly string[];
  /** Options in front of the source. */
  readonly source?: string;
}

/** Makes a clip of a moving test picture: H.264 in mp4, 2 seconds of 10 frames, 96x64, unless told otherwise. */
export function clip(options: ClipOptions = {}): Buffer {
  const { seconds = 2, rate = 10, size = '96x64', container = 'mp4' } = options;
  const source = options.source ?? `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`;
  const encode = options.encode ?? ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  return ffmpeg(['-f', 'lavfi', '-i', source, ...encode], `clip.${container}`);
}
