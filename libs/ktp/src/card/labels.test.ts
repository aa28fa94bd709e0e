import { describe, expect, it } from 'vitest';

import { LABELS, matchLabel } from './labels.js';

describe('matchLabel', () => {
  it.each([
    ['NIK', 'nik'],
    ['Nama', 'nama'],
    ['TempatTgl Lahir', 'lahir'],
    ['Tempa', 'lahir'],
    ['JenisKelamin:LAKI-LAKI', 'jenis_kelamin'],
    ['Alam', 'alamat'],
    ['Agama', 'agama'],
    ['RT/RW', 'rt_rw'],
    ['Kel/Desa', 'kel_desa'],
    ['Kecam', 'kecamatan'],
    ['Kewarganegaraan', 'kewarganegaraan'],
    ['Statu5 Perkawinan:BELUM', 'status_perkawinan'],
    ['Berlaku Hingqa', 'berlaku_hingga'],
  ])('%j names %s', (reading, key) => {
    expect(matchLabel(reading)?.label.key).toBe(key);
  });

  it.each(['', 'X', ':', 'PROVINSI BALI', 'SITI AISYAH', '3201011708859001', 'SEUMUR HIDUP'])(
    '%j names none',
    (reading) => {
      expect(matchLabel(reading)).toBeUndefined();
    },
  );

  it('knows each label by its own first five letters', () => {
    for (const label of LABELS) expect(matchLabel(label.letters.slice(0, 5))?.label.key).toBe(label.key);
  });
});
