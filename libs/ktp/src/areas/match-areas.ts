import { nearest, squash } from '../fields/edit-distance.js';
import type { AreaTable } from './area-table.js';

/** The address as read; `null` where nothing was. */
export interface PrintedAddress {
  readonly provinsi: string | null;
  readonly kab_kota: string | null;
  readonly kecamatan: string | null;
  readonly kel_desa: string | null;
  /** Six digits of the NIK, to fall back on when the header was not read. */
  readonly nikDistrict: string | null;
}

/** The address as the table of areas spells it; `undefined` where nothing in the table is near. */
export interface MatchedAddress {
  readonly provinsi?: string | undefined;
  readonly kab_kota?: string | undefined;
  readonly regencyCode?: string | undefined;
  readonly kecamatan?: string | undefined;
  readonly kel_desa?: string | undefined;
}

/** Wrong letters allowed, as a share of the name. Neighbours in one district differ by more. */
const TOLERANCE = 0.2;

/** Looks the printed address up from the top: districts are searched in the regency, villages in the district. */
export function matchAddress(printed: PrintedAddress, areas: AreaTable): MatchedAddress {
  const provinsi = printed.provinsi
    ? nearest(printed.provinsi, areas.provinces.values(), TOLERANCE)?.value
    : undefined;
  const regency = printed.kab_kota ? matchRegency(printed.kab_kota, areas) : undefined;
  const prefix = regency?.code ?? printed.nikDistrict?.slice(0, 4);
  if (prefix === undefined || !printed.kecamatan) return { provinsi, ...named(regency) };
  const districts = new Map(
    areas.districtsOf(prefix).map((code) => [areas.districts.get(code) ?? '', code] as const),
  );
  const kecamatan = nearest(printed.kecamatan, districts.keys(), TOLERANCE)?.value;
  const district = kecamatan === undefined ? undefined : districts.get(kecamatan);
  const villages = district === undefined ? [] : areas.villagesOf(district);
  const kel_desa = printed.kel_desa ? nearest(printed.kel_desa, villages, TOLERANCE)?.value : undefined;
  return { provinsi, ...named(regency), kecamatan, kel_desa };
}

/** A town's name with the spaces of the table, when its letters are those of a regency. Other names come back as they are. */
export function spellTown(reading: string, areas: AreaTable): string {
  const letters = squash(reading);
  for (const name of areas.regencies.values()) {
    for (const spelling of spellings(name)) if (squash(spelling) === letters) return spelling;
  }
  return reading;
}

function named(
  regency: { code: string; spelling: string } | undefined,
): Pick<MatchedAddress, 'kab_kota' | 'regencyCode'> {
  return { kab_kota: regency?.spelling, regencyCode: regency?.code };
}

function matchRegency(reading: string, areas: AreaTable): { code: string; spelling: string } | undefined {
  const codes = new Map<string, string>();
  for (const [code, name] of areas.regencies) {
    for (const spelling of spellings(name)) {
      // A bare stem stands for a city only in Jakarta: elsewhere a regency often has the same one.
      if (spelling.startsWith('KABUPATEN ') || spelling.startsWith('KOTA ') || code.startsWith('31')) {
        codes.set(spelling, code);
      }
    }
  }
  const spelling = nearest(reading, codes.keys(), TOLERANCE)?.value;
  const code = spelling === undefined ? undefined : codes.get(spelling);
  return code === undefined || spelling === undefined ? undefined : { code, spelling };
}

/** The name as the law and as cards spell it. */
function spellings(name: string): string[] {
  const plain = name.replace(' ADMINISTRASI ', ' ');
  return [...new Set([name, plain, plain.replace(/^(KABUPATEN|KOTA) /, '')])];
}
