import { describe, expect, it } from 'vitest';

import { loadAreaTable } from './area-table.js';
import { matchAddress, spellTown } from './match-areas.js';
import { RETIRED_REGENCIES } from './retired-areas.js';

const areas = await loadAreaTable();

describe('the area table', () => {
  it('holds the whole country', () => {
    expect([areas.provinces.size, areas.regencies.size, areas.districts.size]).toEqual([38, 514, 7277]);
    expect(areas.villagesOf('317401')).toContain('TEBET TIMUR');
    expect(areas.villagesOf('000000')).toEqual([]);
  });

  it('names a living successor for every retired code', () => {
    for (const [old, successor] of RETIRED_REGENCIES) {
      expect(areas.regencies.has(old), old).toBe(false);
      expect(areas.regencies.has(successor), successor).toBe(true);
    }
  });

  it('spells an address as the law does, from the top down', () => {
    const printed = {
      provinsi: 'JAWA BARAT',
      kab_kota: 'KABUPATENBOGOR',
      kecamatan: 'GUNUNGPUTRI',
      kel_desa: 'BOJONGKULUR',
      nikDistrict: null,
    };
    expect(matchAddress(printed, areas)).toEqual({
      provinsi: 'JAWA BARAT',
      kab_kota: 'KABUPATEN BOGOR',
      regencyCode: '3201',
      kecamatan: 'GUNUNG PUTRI',
      kel_desa: 'BOJONG KULUR',
    });
  });

  it('knows the cities of Jakarta without the word in front', () => {
    const printed = {
      provinsi: null,
      kab_kota: 'JAKARTA SELATAN',
      kecamatan: 'TEBET',
      kel_desa: null,
      nikDistrict: null,
    };
    expect(matchAddress(printed, areas)).toMatchObject({ regencyCode: '3174', kab_kota: 'JAKARTA SELATAN' });
  });

  it('falls back on the NIK when the header was not read', () => {
    const printed = {
      provinsi: null,
      kab_kota: null,
      kecamatan: 'CIBINONG',
      kel_desa: null,
      nikDistrict: '320101',
    };
    expect(matchAddress(printed, areas)).toMatchObject({ kecamatan: 'CIBINONG' });
  });

  it('leaves names alone that it does not know', () => {
    const printed = {
      provinsi: 'ATLANTIS',
      kab_kota: 'KABUPATEN NEGERI DONGENG',
      kecamatan: 'X',
      kel_desa: 'Y',
      nikDistrict: null,
    };
    expect(matchAddress(printed, areas)).toEqual({
      provinsi: undefined,
      kab_kota: undefined,
      regencyCode: undefined,
    });
    expect(spellTown('NEGERI DONGENG', areas)).toBe('NEGERI DONGENG');
    expect(spellTown('BIAKNUMFOR', areas)).toBe('BIAK NUMFOR');
  });
});
