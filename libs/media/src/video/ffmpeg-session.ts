import type { FileHandle } from 'node:fs/promises';

/** A video to decode: bytes, which are handed over, or an opened file, which is read in place. */
export type VideoInput =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'file'; readonly handle: FileHandle; readonly size: number };

/** Where a decoding run delivers. */
export interface DecodeSink {
  /** Bytes of one frame: `width * height * 3`. */
  readonly frameBytes: number;
  /** Called with each frame in order; the array is the receiver's. */
  readonly onFrame: (data: Uint8Array) => void;
  /** Called with each line that ffmpeg logs. */
  readonly onLog: (line: string) => void;
}

/**
 * ffmpeg and ffprobe over one input, in whatever form they are at hand. Arguments are those of the command line; the
 * runs of one session come one after the other.
 */
export interface FfmpegSession {
  readonly backend: 'native' | 'wasm';
  /** What stands for the input and the output in arguments. */
  readonly inputPath: string;
  readonly outputPath: string;
  /** Runs ffprobe and gives the JSON it writes. */
  probe(args: readonly string[]): Promise<string>;
  /** Runs ffmpeg until it ends, whatever its exit code: what came out counts. */
  decode(args: readonly string[], sink: DecodeSink): Promise<void>;
  /** Ends whatever runs, at once, and frees all it holds. */
  close(): Promise<void>;
}
