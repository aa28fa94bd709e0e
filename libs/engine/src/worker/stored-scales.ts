import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toWriteError } from '../loading/system-errors.js';
import type { CacheScales } from '../runtime/cache-scales.js';
import type { ModelShape } from '../runtime/runtime.js';

/** Stands in an export's folder and goes with it when the export is made anew. */
const fileName = 'cache-scales.json';

/** Version of the calibration text and of how scales follow from it. */
const version = 1;

/**
 * The scales of an export's 8-bit cache, measured at the first use.
 * @throws EngineError `not-writable`, `disk-full`; what `measure` throws
 */
export async function storedScales(
  graphs: string,
  { layers, kvHeads, headDim }: ModelShape,
  measure: () => Promise<CacheScales>,
): Promise<CacheScales> {
  const channels = z.array(z.number().positive()).length(kvHeads * headDim);
  const schema = z.object({ version: z.literal(version), scales: z.array(channels).length(2 * layers) });
  const path = join(graphs, fileName);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const stored = text === undefined ? undefined : schema.safeParse(parseJson(text)).data;
  if (stored) return stored.scales;
  const scales = await measure();
  const content = JSON.stringify({ version, scales: scales.map((row) => Array.from(row)) });
  const temporary = `${path}.${process.pid}`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    throw toWriteError(error) ?? error;
  }
  return scales;
}

/** Undefined for what is no JSON, which is measured anew. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
