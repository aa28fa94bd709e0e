import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { z } from 'zod';

const areaFile = z.object({
  provinces: z.record(z.string(), z.string()),
  regencies: z.record(z.string(), z.string()),
  districts: z.record(z.string(), z.string()),
  villages: z.record(z.string(), z.string()),
});

/**
 * Indonesia's administrative areas: 38 provinces (codes of 2 digits), 514 regencies (4), 7277 districts (6) and
 * their villages. Names in capitals; regencies begin with `KABUPATEN` or `KOTA`.
 */
export class AreaTable {
  readonly provinces: ReadonlyMap<string, string>;
  readonly regencies: ReadonlyMap<string, string>;
  readonly districts: ReadonlyMap<string, string>;
  readonly #villages: ReadonlyMap<string, string>;

  constructor(data: z.infer<typeof areaFile>) {
    this.provinces = new Map(Object.entries(data.provinces));
    this.regencies = new Map(Object.entries(data.regencies));
    this.districts = new Map(Object.entries(data.districts));
    this.#villages = new Map(Object.entries(data.villages));
  }

  /** Names of the villages of a district; empty for an unknown code. */
  villagesOf(districtCode: string): readonly string[] {
    return this.#villages.get(districtCode)?.split('|') ?? [];
  }

  /** Codes of the districts of a regency, or of all whose code begins like this. */
  districtsOf(prefix: string): string[] {
    return [...this.districts.keys()].filter((code) => code.startsWith(prefix));
  }
}

/** Reads the table that ships with this package (ODbL, see `data/NOTICE.md`). */
export async function loadAreaTable(): Promise<AreaTable> {
  const file = await readFile(new URL('../../data/areas.json.gz', import.meta.url));
  const text = (await promisify(gunzip)(file)).toString('utf8');
  return new AreaTable(areaFile.parse(JSON.parse(text)));
}
