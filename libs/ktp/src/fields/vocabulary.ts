import { nearest, type ListMatch } from './edit-distance.js';
import { OCCUPATIONS } from './occupations.js';

/** Printed spelling → value as the law lists it. */
type Vocabulary = ReadonlyMap<string, string>;

function vocabulary(values: readonly string[], older: Readonly<Record<string, string>> = {}): Vocabulary {
  return new Map([...values.map((value) => [value, value] as const), ...Object.entries(older)]);
}

export const SEXES = vocabulary(['LAKI-LAKI', 'PEREMPUAN'], { WANITA: 'PEREMPUAN', PRIA: 'LAKI-LAKI' });

export const RELIGIONS = vocabulary(
  ['ISLAM', 'KRISTEN', 'KATOLIK', 'HINDU', 'BUDDHA', 'KHONGHUCU', 'KEPERCAYAAN TERHADAP TUHAN YME'],
  {
    KATHOLIK: 'KATOLIK',
    BUDHA: 'BUDDHA',
    KONGHUCU: 'KHONGHUCU',
    KEPERCAYAAN: 'KEPERCAYAAN TERHADAP TUHAN YME',
    'KEPERCAYAAN TERHADAP TUHAN YANG MAHA ESA': 'KEPERCAYAAN TERHADAP TUHAN YME',
  },
);

export const MARITAL_STATUSES = vocabulary([
  'BELUM KAWIN',
  'KAWIN',
  'KAWIN TERCATAT',
  'KAWIN BELUM TERCATAT',
  'CERAI HIDUP',
  'CERAI MATI',
]);

export const CITIZENSHIPS = vocabulary(['WNI', 'WNA']);

export const OCCUPATION_SPELLINGS = vocabulary(OCCUPATIONS, {
  SWASTA: 'KARYAWAN SWASTA',
  'PEGAWAI SWASTA': 'KARYAWAN SWASTA',
  'IBU RUMAH TANGGA': 'MENGURUS RUMAH TANGGA',
  'TIDAK BEKERJA': 'BELUM/TIDAK BEKERJA',
  PNS: 'PEGAWAI NEGERI SIPIL',
  TNI: 'TENTARA NASIONAL INDONESIA',
  POLRI: 'KEPOLISIAN RI',
  'KEPOLISIAN RI (POLRI)': 'KEPOLISIAN RI',
  'TENTARA NASIONAL INDONESIA (TNI)': 'TENTARA NASIONAL INDONESIA',
  'PEGAWAI NEGERI SIPIL (PNS)': 'PEGAWAI NEGERI SIPIL',
  PETANI: 'PETANI/PEKEBUN',
  NELAYAN: 'NELAYAN/PERIKANAN',
  WIRAUSAHA: 'WIRASWASTA',
  PELAJAR: 'PELAJAR/MAHASISWA',
  MAHASISWA: 'PELAJAR/MAHASISWA',
});

/** The listed value that a reading means, or `undefined` when it is not near any. */
export function lookUp(reading: string, words: Vocabulary, tolerance: number): ListMatch | undefined {
  const match = nearest(reading, words.keys(), tolerance);
  const value = match && words.get(match.value);
  return value === undefined ? undefined : { value, distance: match?.distance ?? 0 };
}
