import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The first version with the options used here. */
const OLDEST = 5.1;
const ANSWER_TIMEOUT_MS = 10_000;

/** Tells whether both programs start and are new enough. */
export async function hasNativeFfmpeg(programs: {
  ffmpegPath: string;
  ffprobePath: string;
}): Promise<boolean> {
  const usable = await Promise.all([programs.ffmpegPath, programs.ffprobePath].map(isUsable));
  return usable.every(Boolean);
}

async function isUsable(program: string): Promise<boolean> {
  try {
    const { stdout } = await run(program, ['-version'], { timeout: ANSWER_TIMEOUT_MS });
    const version = /^\w+ version n?(\d+\.\d+)/.exec(stdout)?.[1];
    // Builds from the development branch carry no number; they are newer than any release.
    return version === undefined ? stdout.startsWith('ff') : Number(version) >= OLDEST;
  } catch {
    // Not installed, not executable: then the other backend serves.
    return false;
  }
}
