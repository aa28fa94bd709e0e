import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import createCore from '@ffmpeg/core';
import type { CoreFileSystem, FfmpegCore } from './ffmpeg-core.js';
import { FrameAssembler } from './frame-assembler.js';
import {
  INPUT_FOLDER,
  INPUT_NAME,
  OUTPUT_PATH,
  PROBE_PATH,
  type WasmReply,
  type WasmTask,
} from './wasm-protocol.js';

/** What the worker is started with. */
export interface WasmWorkerData {
  readonly module: WebAssembly.Module;
  readonly input:
    | { readonly type: 'bytes'; readonly bytes: Uint8Array }
    | { readonly type: 'file'; readonly descriptor: number; readonly size: number };
}

const DEVICE_MAJOR = 64;
const MODE_READ_WRITE = 0o666;

const data = workerData as WasmWorkerData;
const core = await instantiate(data.module);
mountInput(core.FS, data.input);
let assembler: FrameAssembler | undefined;
addOutputDevice(core.FS, (piece) => assembler?.push(piece));

parentPort?.on('message', (task: WasmTask) => {
  core.reset();
  if (task.type === 'probe') reply({ type: 'done', json: probe(core, task.args) });
  else {
    assembler = new FrameAssembler(task.frameBytes, (frame) => {
      reply({ type: 'frame', data: frame }, [frame.buffer]);
    });
    core.setLogger(({ message }) => {
      reply({ type: 'log', line: message });
    });
    core.exec(...task.args);
    reply({ type: 'done', json: '' });
  }
});

function reply(message: WasmReply, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/** The package expects a browser's worker around it. */
async function instantiate(module: WebAssembly.Module): Promise<FfmpegCore> {
  Object.assign(globalThis, { self: globalThis, location: { href: import.meta.url } });
  const created = await createCore({
    instantiateWasm: (imports: object, done: (instance: WebAssembly.Instance) => void) => {
      void WebAssembly.instantiate(module, imports).then(done);
      return {};
    },
  });
  return created as FfmpegCore;
}

function probe(program: FfmpegCore, args: readonly string[]): string {
  const { FS } = program;
  program.ffprobe(...args, '-o', PROBE_PATH);
  return FS.analyzePath(PROBE_PATH).exists ? FS.readFile(PROBE_PATH, { encoding: 'utf8' }) : '';
}

function mountInput(fs: CoreFileSystem, input: WasmWorkerData['input']): void {
  fs.mkdir(INPUT_FOLDER);
  if (input.type === 'bytes') {
    fs.writeFile(`${INPUT_FOLDER}/${INPUT_NAME}`, input.bytes, { canOwn: true });
    return;
  }
  // A file on disk is read where and when ffmpeg asks, through the little of a browser's Blob that it uses.
  const { descriptor, size } = input;
  const read = (range: { readonly start: number; readonly end: number }): ArrayBuffer => {
    const bytes = new Uint8Array(range.end - range.start);
    const count = readSync(descriptor, bytes, 0, bytes.length, range.start);
    return bytes.buffer.slice(0, count);
  };
  Object.assign(globalThis, {
    FileReaderSync: class {
      readAsArrayBuffer = read;
    },
  });
  const slice = (start: number, end: number): object => {
    const stop = Math.min(end, size);
    return { start, end: stop, size: stop - start };
  };
  fs.mount(fs.filesystems.WORKERFS, { blobs: [{ name: INPUT_NAME, data: { size, slice } }] }, INPUT_FOLDER);
}

/** A write-only device, so that raw video never piles up in the file system. */
function addOutputDevice(fs: CoreFileSystem, onPiece: (piece: Uint8Array) => void): void {
  const device = fs.makedev(DEVICE_MAJOR, 0);
  fs.registerDevice(device, {
    open: () => undefined,
    close: () => undefined,
    llseek: () => 0,
    write: (_stream: object, buffer: Uint8Array, offset: number, length: number): number => {
      onPiece(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length));
      return length;
    },
  });
  fs.mkdev(OUTPUT_PATH, MODE_READ_WRITE, device);
}
