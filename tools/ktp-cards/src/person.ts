import { OCCUPATIONS } from '@qwenvl/ktp';

import type { Place } from './areas.js';
import { DEGREES, ESTATES, FEMALE_NAMES, HAMLETS, MALE_NAMES, STREETS, SURNAMES } from './pools.js';
import type { Random } from './random.js';

/** What a card says: the reader's answer is compared with it. Values are spelled as printed. */
export interface CardText {
  readonly provinsi: string;
  readonly kab_kota: string;
  readonly nik: string;
  readonly nama: string;
  readonly tempat_lahir: string;
  readonly tgl_lahir: string;
  readonly jenis_kelamin: string;
  readonly gol_darah: string;
  /** One or two printed lines. */
  readonly alamat: readonly string[];
  readonly rt_rw: string;
  readonly kel_desa: string;
  readonly kecamatan: string;
  readonly agama: string;
  readonly status_perkawinan: string;
  readonly pekerjaan: string;
  readonly kewarganegaraan: string;
  readonly berlaku_hingga: string;
  readonly tempat_terbit: string;
  readonly tanggal_terbit: string;
}

const COMMON_OCCUPATIONS = [
  'KARYAWAN SWASTA',
  'WIRASWASTA',
  'MENGURUS RUMAH TANGGA',
  'PELAJAR/MAHASISWA',
  'BELUM/TIDAK BEKERJA',
  'PETANI/PEKEBUN',
  'BURUH HARIAN LEPAS',
  'PEGAWAI NEGERI SIPIL',
];
/** Most characters that fit between the value column and the photo. */
const LINE_LENGTH = 27;

/** Invents one person. Everything is random; the NIK's serial is kept above 9000, which offices do not reach in a day. */
export function inventPerson(random: Random, places: readonly Place[]): CardText {
  const place = random.pick(places);
  const registered = random.chance(0.85) ? place : random.pick(places);
  const female = random.chance(0.5);
  const year = random.integer(1950, 2006);
  const month = random.integer(1, 12);
  const day = random.integer(1, 28);
  const serial = random.integer(9000, 9999);
  const nik = `${registered.districtCode}${two(day + (female ? 40 : 0))}${two(month)}${two(year % 100)}${serial}`;
  const issued = random.integer(Math.max(2012, year + 17), 2024);
  const birthplace = stem(random.chance(0.8) ? registered.regency : random.pick(places).regency);
  const expires = `${two(day)}-${two(month)}-${issued + 5}`;
  return {
    provinsi: `PROVINSI ${place.province}`,
    kab_kota: place.regency,
    nik,
    nama: inventName(random, female),
    tempat_lahir: birthplace,
    tgl_lahir: `${two(day)}-${two(month)}-${year}`,
    jenis_kelamin: female ? 'PEREMPUAN' : 'LAKI-LAKI',
    gol_darah: random.pick(['A', 'B', 'AB', 'O', '-', '-', 'O', 'A+', 'B+', 'O+']),
    alamat: inventAddress(random),
    rt_rw: random.chance(0.85)
      ? `${three(random.integer(1, 20))}/${three(random.integer(0, 18))}`
      : `${three(random.integer(1, 20))} / ${three(random.integer(0, 18))}`,
    kel_desa: place.village,
    kecamatan: place.district,
    agama: random.pick([
      'ISLAM',
      'ISLAM',
      'ISLAM',
      'KRISTEN',
      'KATHOLIK',
      'KATOLIK',
      'HINDU',
      'BUDDHA',
      'BUDHA',
      'KHONGHUCU',
    ]),
    status_perkawinan: random.pick([
      'BELUM KAWIN',
      'BELUM KAWIN',
      'KAWIN',
      'KAWIN',
      'KAWIN TERCATAT',
      'CERAI HIDUP',
      'CERAI MATI',
    ]),
    pekerjaan: random.chance(0.6)
      ? random.pick(COMMON_OCCUPATIONS)
      : random.pick(OCCUPATIONS.filter((name) => name.length <= LINE_LENGTH)),
    kewarganegaraan: 'WNI',
    berlaku_hingga: random.chance(0.8) ? 'SEUMUR HIDUP' : expires,
    tempat_terbit: stem(place.regency),
    tanggal_terbit: `${two(random.integer(1, 28))}-${two(random.integer(1, 12))}-${issued}`,
  };
}

function inventName(random: Random, female: boolean): string {
  const given = female ? FEMALE_NAMES : MALE_NAMES;
  const parts = [random.pick(given)];
  const count = random.integer(1, 3);
  while (parts.length < count) parts.push(random.pick(given));
  if (random.chance(0.75)) parts.push(random.pick(SURNAMES));
  if (random.chance(0.06)) parts.push(random.pick(DEGREES));
  while (parts.join(' ').length > LINE_LENGTH) parts.pop();
  return parts.join(' ');
}

function inventAddress(random: Random): string[] {
  const number = random.integer(1, 199);
  const words = random
    .pick([
      () => `JL. ${random.pick(STREETS)} NO. ${number}`,
      () => `JL ${random.pick(STREETS)} NO.${number}`,
      () => `JL. ${random.pick(STREETS)} GG. ${random.pick(HAMLETS)} NO ${number}`,
      () => `DUSUN ${random.pick(HAMLETS)}`,
      () => `DSN. ${random.pick(HAMLETS)}`,
      () => `KP. ${random.pick(HAMLETS)}`,
      () => `KP ${random.pick(HAMLETS)} ${random.pick(['HILIR', 'TENGAH', 'KIDUL'])}`,
      () =>
        `PERUM ${random.pick(ESTATES)} BLOK ${random.pick(['A', 'B', 'C', 'D', 'F'])}${random.integer(1, 12)}/${random.integer(1, 40)}`,
      () => `PERUM. ${random.pick(ESTATES)} BLOK ${random.pick(['AA', 'B', 'G'])} NO. ${number}`,
      () => `LINGK. ${random.pick(HAMLETS)} ${random.pick(STREETS)}`,
    ])()
    .split(' ');
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line && line.length + 1 + word.length > LINE_LENGTH && lines.length < 2) lines.push(word);
    else if (line.length + word.length < LINE_LENGTH)
      lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}

function stem(regency: string): string {
  return regency.replace(/^(KABUPATEN|KOTA) /, '');
}

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

function three(value: number): string {
  return value.toString().padStart(3, '0');
}
