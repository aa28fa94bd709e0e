import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { MediaError } from '../media-error.js';
import { ask, startWorker, type WatchedWorker } from '../start-worker.js';
import type { DecodeSink, FfmpegSession, VideoInput } from './ffmpeg-session.js';
import { INPUT_FOLDER, INPUT_NAME, OUTPUT_PATH, type WasmReply, type WasmTask } from './wasm-protocol.js';
import type { WasmWorkerData } from './wasm-worker.js';

const require = createRequire(import.meta.url);

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiles `@ffmpeg/core` once a process; every session gets a fresh instance of it. */
function compileCore(): Promise<WebAssembly.Module> {
  compiled ??= readFile(coreFile()).then((bytes) => WebAssembly.compile(bytes));
  return compiled;
}

function coreFile(): string {
  try {
    return require.resolve('@ffmpeg/core/wasm');
  } catch (error) {
    throw new MediaError(
      'video-unavailable',
      'Videos need @ffmpeg/core (npm install @ffmpeg/core@0.12.10, GPL-2.0-or-later) or a system ffmpeg 5.1 or newer.',
      { cause: error },
    );
  }
}

/** ffmpeg as WebAssembly in a worker thread of its own, which ends with the session. It sees no disk but its input. */
export class WasmSession implements FfmpegSession {
  readonly backend = 'wasm';
  readonly inputPath = `${INPUT_FOLDER}/${INPUT_NAME}`;
  readonly outputPath = OUTPUT_PATH;
  readonly #worker: WatchedWorker;

  private constructor(worker: WatchedWorker) {
    this.#worker = worker;
  }

  /**
   * Starts a session over one input.
   *
   * @throws MediaError `video-unavailable` where `@ffmpeg/core` is not installed.
   */
  static async open(input: VideoInput): Promise<WasmSession> {
    const module = await compileCore();
    const isFile = input.type === 'file';
    const data: WasmWorkerData = {
      module,
      input: isFile ? { type: 'file', descriptor: input.handle.fd, size: input.size } : input,
    };
    const transferList = isFile ? [] : [input.bytes.buffer as ArrayBuffer];
    return new WasmSession(startWorker(import.meta.url, './wasm-worker', { workerData: data, transferList }));
  }

  probe(args: readonly string[]): Promise<string> {
    return this.#run({ type: 'probe', args });
  }

  async decode(args: readonly string[], sink: DecodeSink): Promise<void> {
    await this.#run({ type: 'decode', args, frameBytes: sink.frameBytes }, sink);
  }

  async close(): Promise<void> {
    await this.#worker.worker.terminate();
  }

  #run(task: WasmTask, sink?: DecodeSink): Promise<string> {
    return ask(this.#worker, task, [], (message) => {
      const reply = message as WasmReply;
      if (reply.type === 'frame') sink?.onFrame(reply.data);
      else if (reply.type === 'log') sink?.onLog(reply.line);
      else return reply.json;
      return undefined;
    });
  }
}
