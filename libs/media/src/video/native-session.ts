import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { MediaError } from '../media-error.js';
import { FrameAssembler } from './frame-assembler.js';
import type { DecodeSink, FfmpegSession, VideoInput } from './ffmpeg-session.js';

/** ffprobe's report of the longest video that a policy may allow stays far below. */
const MAX_REPORT_BYTES = 64 * 2 ** 20;
/** The descriptor under which a child finds an opened input. */
const INPUT_DESCRIPTOR = 3;

interface Programs {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** The system's ffmpeg. Input bytes lie in a private temporary folder while the session lasts. */
export class NativeSession implements FfmpegSession {
  readonly backend = 'native';
  readonly inputPath: string;
  readonly outputPath = 'pipe:1';
  readonly #programs: Programs;
  readonly #descriptor: number | undefined;
  readonly #folder: string | undefined;
  #child: Child | undefined;
  #closed = false;

  private constructor(programs: Programs, input: { descriptor: number } | { folder: string; path: string }) {
    this.#programs = programs;
    this.#descriptor = 'descriptor' in input ? input.descriptor : undefined;
    this.#folder = 'folder' in input ? input.folder : undefined;
    this.inputPath = `file:${'path' in input ? input.path : `/dev/fd/${INPUT_DESCRIPTOR}`}`;
  }

  /** Starts a session over one input. */
  static async open(input: VideoInput, programs: Programs): Promise<NativeSession> {
    if (input.type === 'file') return new NativeSession(programs, { descriptor: input.handle.fd });
    const folder = await mkdtemp(join(tmpdir(), 'qwenvl-media-'));
    const path = join(folder, 'video');
    try {
      await writeFile(path, input.bytes, { mode: 0o600 });
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return new NativeSession(programs, { folder, path });
  }

  async probe(args: readonly string[]): Promise<string> {
    const child = this.#start(this.#programs.ffprobePath, args);
    const pieces: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size > MAX_REPORT_BYTES) child.kill('SIGKILL');
      else pieces.push(piece);
    });
    await ended(child);
    return Buffer.concat(pieces).toString();
  }

  async decode(args: readonly string[], sink: DecodeSink): Promise<void> {
    const child = this.#start(this.#programs.ffmpegPath, args);
    const frames = new FrameAssembler(sink.frameBytes, sink.onFrame);
    child.stdout.on('data', (piece: Buffer) => {
      frames.push(piece);
    });
    createInterface({ input: child.stderr }).on('line', sink.onLog);
    await ended(child);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#child?.kill('SIGKILL');
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  #start(program: string, args: readonly string[]): Child {
    // An aborted job may still be between two runs; the descriptor may be another file's by now.
    if (this.#closed) throw new MediaError('closed', 'The video session is closed.');
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...(this.#descriptor === undefined ? [] : [this.#descriptor])],
      // Nothing of the server's environment (keys, tokens) is the program's business.
      env: { PATH: process.env['PATH'] },
    }) as Child;
    this.#child = child;
    return child;
  }
}

/** Waits until the process is gone and its output read. */
function ended(child: Child): Promise<void> {
  child.stderr.resume();
  return new Promise((resolve, reject) => {
    child.once('close', () => {
      resolve();
    });
    child.once('error', (cause) => {
      reject(new MediaError('video-unavailable', `${child.spawnfile} could not be started.`, { cause }));
    });
  });
}
