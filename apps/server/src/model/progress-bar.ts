import { Presets, SingleBar } from 'cli-progress';
import type { LoadingProgress, LoadModel } from './model-host.js';

/** What is written before the bar, for each stage that is measured in bytes. */
const STAGE_NAMES: Readonly<Record<string, string>> = {
  download: 'Downloading',
  checksum: 'Checking',
  export: 'Preparing graphs',
};

/** A loader that draws a bar for each stage of loading on a terminal, in megabytes and with the time left. */
export function drawProgress(load: LoadModel, terminal: NodeJS.WriteStream): LoadModel {
  return async (onProgress) => {
    let stage: string | undefined;
    let bar: SingleBar | undefined;
    const draw = (progress: LoadingProgress): void => {
      if (STAGE_NAMES[progress.stage] === undefined) return;
      const total = megabytes(progress.total);
      const done = megabytes(progress.done);
      if (progress.stage !== stage) {
        bar?.stop();
        stage = progress.stage;
        bar = createBar(stage, terminal);
        bar.start(total, done);
      }
      bar?.setTotal(total);
      bar?.update(done);
    };
    try {
      return await load((progress) => {
        onProgress(progress);
        draw(progress);
      });
    } finally {
      bar?.stop();
    }
  };
}

function createBar(stage: string, terminal: NodeJS.WriteStream): SingleBar {
  const name = (STAGE_NAMES[stage] ?? '').padEnd(16);
  const format = `${name} {bar} {percentage} %  {value} of {total} MB  {eta_formatted} left`;
  return new SingleBar({ format, stream: terminal, hideCursor: true, etaBuffer: 50 }, Presets.shades_classic);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
