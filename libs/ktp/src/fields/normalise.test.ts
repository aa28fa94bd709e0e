import { describe, expect, it } from 'vitest';

import type { FieldName } from './field-names.js';
import { normaliseField } from './normalise.js';

describe('normaliseField', () => {
  it.each<[FieldName, string, string | null]>([
    ['agama', 'KATHOLIK', 'KATOLIK'],
    ['agama', 'BUDHA', 'BUDDHA'],
    ['agama', 'lSLAM', 'ISLAM'],
    ['agama', 'KEPERCAYAAN TERHADAP TUHAN YANG MAHA ESA', 'KEPERCAYAAN TERHADAP TUHAN YME'],
    ['jenis_kelamin', 'LAKILAKI', 'LAKI-LAKI'],
    ['jenis_kelamin', 'PEREMPUAH', 'PEREMPUAN'],
    ['status_perkawinan', 'BELUMKAWIN', 'BELUM KAWIN'],
    ['status_perkawinan', 'KAWIN', 'KAWIN'],
    ['status_perkawinan', 'CERAIMATI', 'CERAI MATI'],
    ['pekerjaan', 'PETANIVPEKEBUN', 'PETANI/PEKEBUN'],
    ['pekerjaan', 'SWASTA', 'KARYAWAN SWASTA'],
    ['kewarganegaraan', 'WNI', 'WNI'],
    ['berlaku_hingga', 'SEUMURHIDUP', 'SEUMUR HIDUP'],
    ['berlaku_hingga', '17-08-2020', '17-08-2020'],
    ['tgl_lahir', '17 08 1985', '17-08-1985'],
    ['rt_rw', '001 / 002', '001/002'],
    ['rt_rw', '0031005', '003/005'],
    ['gol_darah', 'GOI. DARAH: O+', 'O+'],
    ['gol_darah', 'GOL. DARAH : AB', 'AB'],
    ['gol_darah', 'GOL. DARAH :', null],
    ['provinsi', 'PROVINSI JAWA BARAT', 'JAWA BARAT'],
    ['nama', ' : SITI AISYAH ', 'SITI AISYAH'],
    ['nama', '', null],
  ])('%s %j means %j', (field, raw, value) => {
    expect(normaliseField(field, raw).value).toBe(value);
  });

  it('keeps what is on no list and says so', () => {
    expect(normaliseField('pekerjaan', 'PENJAGA MERCUSUAR')).toEqual({
      value: 'PENJAGA MERCUSUAR',
      listed: false,
    });
    expect(normaliseField('agama', 'XYZ')).toEqual({ value: 'XYZ', listed: false });
    expect(normaliseField('tgl_lahir', '17-08-19')).toEqual({ value: '17-08-19', listed: false });
  });
});
