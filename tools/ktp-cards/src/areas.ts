import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** One village with everything above it, in capitals as cards print it. */
export interface Place {
  /** Six digits: province, regency, district. */
  readonly districtCode: string;
  readonly province: string;
  /** With `KABUPATEN` or `KOTA` in front. */
  readonly regency: string;
  readonly district: string;
  readonly village: string;
}

/** All villages of `idn-area-data` that fit on a card's line. */
export function loadPlaces(): Place[] {
  const provinces = readAreaTable('provinces');
  const regencies = readAreaTable('regencies');
  const districts = readAreaTable('districts');
  const places: Place[] = [];
  for (const [code, village] of readAreaTable('villages')) {
    const districtCode = code.slice(0, 8);
    const district = districts.get(districtCode);
    const regency = regencies.get(code.slice(0, 5));
    const province = provinces.get(code.slice(0, 2));
    if (!district || !regency || !province) continue;
    if (village.length > 24 || district.length > 24 || !/^[A-Za-z0-9 .'/-]+$/.test(village)) continue;
    places.push({
      districtCode: districtCode.replaceAll('.', ''),
      province: printed(province),
      regency: printed(
        regency.replace('KABUPATEN ADM. KEP.', 'KABUPATEN KEPULAUAN').replace('KOTA ADM. ', ''),
      ),
      district: printed(district),
      village: printed(village),
    });
  }
  return places;
}

function printed(name: string): string {
  return name.toUpperCase().replace(/\s+/g, ' ').trim();
}

/** One table of the package: code with dots → name, doubled quotes undone. */
export function readAreaTable(
  table: 'provinces' | 'regencies' | 'districts' | 'villages',
): Map<string, string> {
  const root = dirname(createRequire(import.meta.url).resolve('idn-area-data'));
  const text = readFileSync(join(root, '..', 'data', `${table}.csv`), 'utf8');
  const lines = text.split('\n').slice(1);
  return new Map(
    lines.flatMap((line) => {
      const cells = line.trim().split(',');
      const [code] = cells;
      const name = cells.slice(table === 'provinces' ? 1 : 2).join(',');
      return code && name ? [[code, name.replaceAll('"', "'")] as const] : [];
    }),
  );
}
