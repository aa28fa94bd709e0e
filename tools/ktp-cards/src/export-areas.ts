/**
 * Writes the area table of `@qwenvl/ktp` from the npm package `idn-area-data`.
 * Run with `npm run ktp:areas`; the result is committed with its ODbL notice.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { readAreaTable } from './areas.js';

const plain = (name: string) => name.toUpperCase().replace(/\s+/g, ' ').trim();
const table = (name: Parameters<typeof readAreaTable>[0]) =>
  [...readAreaTable(name)].map(([code, text]) => [code.replaceAll('.', ''), plain(text)] as const);

const villages = new Map<string, string[]>();
for (const [code, name] of table('villages')) {
  const district = code.slice(0, 6);
  villages.set(district, [...(villages.get(district) ?? []), name]);
}
const areas = {
  source: 'idn-area-data 3.1.2, Open Database License 1.0; see NOTICE.md',
  provinces: Object.fromEntries(table('provinces')),
  regencies: Object.fromEntries(table('regencies')),
  districts: Object.fromEntries(table('districts')),
  villages: Object.fromEntries([...villages].map(([district, names]) => [district, names.join('|')])),
};
const target = fileURLToPath(new URL('../../../libs/ktp/data/areas.json.gz', import.meta.url));
writeFileSync(target, gzipSync(JSON.stringify(areas), { level: 9 }));
