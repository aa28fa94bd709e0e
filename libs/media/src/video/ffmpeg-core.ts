/** The part of `@ffmpeg/core`'s module that is used here. */
export interface FfmpegCore {
  readonly FS: CoreFileSystem;
  /** Exit code of the last `exec`. */
  readonly ret: number;
  /** Runs ffmpeg to its end, blocking the thread. */
  exec(...args: string[]): number;
  /** Runs ffprobe. Its return value means nothing: read what it wrote. */
  ffprobe(...args: string[]): number;
  /** Has to be called between two runs. */
  reset(): void;
  setLogger(logger: (entry: { readonly type: string; readonly message: string }) => void): void;
}

/** Emscripten's in-memory file system. */
export interface CoreFileSystem {
  readonly filesystems: { readonly WORKERFS: unknown };
  writeFile(path: string, data: Uint8Array, options: { readonly canOwn: boolean }): void;
  readFile(path: string, options: { readonly encoding: 'utf8' }): string;
  analyzePath(path: string): { readonly exists: boolean };
  mkdir(path: string): void;
  mount(type: unknown, options: object, path: string): void;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: object): void;
  mkdev(path: string, mode: number, device: number): void;
}
