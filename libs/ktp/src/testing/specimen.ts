import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

import { z } from 'zod';

import type { RgbImage } from '../imaging/rgb-image.js';

const description = z.object({
  width: z.number(),
  height: z.number(),
  fields: z.record(z.string(), z.string()),
});

/** A drawn card of an invented person, and what stands on it. For tests. */
export async function loadSpecimen(): Promise<{ image: RgbImage; fields: Record<string, string> }> {
  const folder = new URL('../../fixtures/', import.meta.url);
  const { width, height, fields } = description.parse(
    JSON.parse(await readFile(new URL('specimen.json', folder), 'utf8')),
  );
  const data = new Uint8Array(gunzipSync(await readFile(new URL('specimen.rgb.gz', folder))));
  return { image: { width, height, data }, fields };
}
