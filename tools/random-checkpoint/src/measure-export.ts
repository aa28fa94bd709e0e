import { exportCheckpoint, type BlockSize, type ExportProgress, type Precision } from '@qwenvl/exporter';
import { rm } from 'node:fs/promises';

/** What to measure. */
export interface MeasureRequest {
  readonly source: string;
  /** Replaced, even when it is up to date. */
  readonly target: string;
  readonly precision: Precision;
  /** That of the exporter when undefined. */
  readonly blockSize: BlockSize | undefined;
  readonly int8Prefill: boolean;
  readonly onProgress: (progress: ExportProgress) => void;
}

/** Exports a checkpoint and reports what that took. Peak memory is the whole process's, so run nothing else in it. */
export async function measureExport(request: MeasureRequest): Promise<string> {
  await rm(request.target, { recursive: true, force: true });
  const start = performance.now();
  const cpu = process.cpuUsage();
  const { files, sources, options } = await exportCheckpoint(request);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `precision  ${request.precision}, block ${options.blockSize}${request.int8Prefill ? ', with a prefill graph' : ''}`,
    `source     ${megabytes(sources.reduce((sum, { bytes }) => sum + bytes, 0))} MB in ${sources.length} files`,
    `time       ${seconds.toFixed(1)} s (CPU ${((used.user + used.system) / 1e6).toFixed(1)} s)`,
    `peak RSS   ${megabytes(process.resourceUsage().maxRSS * 1024)} MB`,
    `written    ${megabytes(total)} MB`,
    ...files.map(({ file, bytes }) => `  ${file.padEnd(20)} ${megabytes(bytes)} MB`),
  ].join('\n');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
