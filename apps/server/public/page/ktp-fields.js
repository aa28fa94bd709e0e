/** Every value of a card, in the card's order and with the card's own labels. */
export const KTP_FIELDS = new Map([
  ['provinsi', 'Provinsi'],
  ['kab_kota', 'Kabupaten / Kota'],
  ['nik', 'NIK'],
  ['nama', 'Nama'],
  ['tempat_lahir', 'Tempat lahir'],
  ['tgl_lahir', 'Tanggal lahir'],
  ['jenis_kelamin', 'Jenis kelamin'],
  ['gol_darah', 'Gol. darah'],
  ['alamat', 'Alamat'],
  ['rt_rw', 'RT/RW'],
  ['kel_desa', 'Kel/Desa'],
  ['kecamatan', 'Kecamatan'],
  ['agama', 'Agama'],
  ['status_perkawinan', 'Status perkawinan'],
  ['pekerjaan', 'Pekerjaan'],
  ['kewarganegaraan', 'Kewarganegaraan'],
  ['berlaku_hingga', 'Berlaku hingga'],
  ['tempat_terbit', 'Tempat terbit'],
  ['tanggal_terbit', 'Tanggal terbit'],
]);

/**
 * @typedef {{ severity: 'error' | 'warning' | 'information', field: string | null, message: string }} Warning
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ value: string | null, raw: string | null, confidence: number | null, box: Point[] | null, other: string | null,
 *   warnings: Warning[] }} FieldDetail
 * @typedef {{ detail: Record<string, FieldDetail>, warnings: Warning[] }} KtpResult
 */

/**
 * How bad it is: the worst remark on a value, or `missing` where nothing was read.
 *
 * @param {FieldDetail} detail
 */
export function stateOf({ value, warnings }) {
  const severities = warnings.map(({ severity }) => severity);
  if (severities.includes('error')) return 'error';
  if (severities.includes('warning')) return 'warning';
  return value === null ? 'missing' : 'good';
}
