/** What loading is busy with. `done` and `total` are bytes of the whole stage; `done` never falls within it. */
export interface LoadProgress {
  /**
   * - `download`: files come from the hub;
   * - `export`: graphs are written from the checkpoint's weights;
   * - `checksum`: the weights' digests are taken, so that the export can tell later whether they changed;
   * - `start`: the graphs are read into memory (0 of 1, then 1 of 1).
   */
  readonly stage: 'download' | 'export' | 'checksum' | 'start';
  readonly done: number;
  readonly total: number;
  /** The file or graph in hand, where there is one. */
  readonly file?: string;
}

/** Receives progress. */
export type ProgressListener = (progress: LoadProgress) => void;

/** Least time between two reports of one stage, in milliseconds. */
export const progressInterval = 100;

/** Passes on at most one report of a stage in {@link progressInterval}, and always the first and the last. */
export function throttleProgress(listener: ProgressListener, now: () => number = Date.now): ProgressListener {
  let stage: LoadProgress['stage'] | undefined;
  let reported = 0;
  return (progress) => {
    const time = now();
    if (progress.stage === stage && progress.done < progress.total && time - reported < progressInterval)
      return;
    stage = progress.stage;
    reported = time;
    listener(progress);
  };
}
