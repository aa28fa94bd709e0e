/** What loading is busy with. `done` and `total` are bytes of the whole stage; `done` never falls. */
export interface LoadProgress {
  /**
   * - `download`: files come from the hub;
   * - `export`: graphs are written from the checkpoint's weights;
   * - `start`: the graphs are being read into memory (0 of 1, then 1 of 1).
   */
  readonly stage: 'download' | 'export' | 'start';
  readonly done: number;
  readonly total: number;
  /** The file in hand, where there is one. */
  readonly file?: string;
}

/** Receives progress; called at most a few times a second for each file. */
export type ProgressListener = (progress: LoadProgress) => void;
