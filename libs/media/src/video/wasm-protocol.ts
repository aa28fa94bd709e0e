/** Paths inside the WebAssembly file system. */
export const INPUT_FOLDER = '/input';
export const INPUT_NAME = 'video';
export const OUTPUT_PATH = '/dev/frames';
export const PROBE_PATH = '/probe.json';

/** What the worker is asked to do; one task at a time. */
export type WasmTask =
  | { readonly type: 'probe'; readonly args: readonly string[] }
  | { readonly type: 'decode'; readonly args: readonly string[]; readonly frameBytes: number };

/** What it answers: any number of frames and lines, then `done`. */
export type WasmReply =
  | { readonly type: 'frame'; readonly data: Uint8Array }
  | { readonly type: 'log'; readonly line: string }
  /** `json` is what a probe wrote. */
  | { readonly type: 'done'; readonly json: string };
