/** A fictitious person's card: its fields, what stands in them, and the formats that they have. */
const card: readonly (readonly [name: string, value: string, format: string])[] = [
  ['nik', '3171234506900001', '[0-9]{16}'],
  ['nama', 'SITI SPESIMEN RAHAYU', "[A-Z][A-Z .,'-]{0,79}"],
  ['tempat_lahir', 'JAKARTA', "[A-Z][A-Z .,'-]{0,79}"],
  ['tgl_lahir', '05-06-1990', '[0-9]{2}-[0-9]{2}-[0-9]{4}'],
  ['jenis_kelamin', 'PEREMPUAN', '(LAKI-LAKI|PEREMPUAN)'],
  ['alamat', 'JL. CONTOH NO. 12', '.{1,80}'],
  ['rt_rw', '004/007', '[0-9]{3}/[0-9]{3}'],
  ['kel_desa', 'GAMBIR', "[A-Z][A-Z .,'-]{0,79}"],
  ['kecamatan', 'GAMBIR', "[A-Z][A-Z .,'-]{0,79}"],
  ['agama', 'ISLAM', '(ISLAM|KRISTEN|KATOLIK|HINDU|BUDDHA|KHONGHUCU)'],
  ['status_perkawinan', 'BELUM KAWIN', '(BELUM KAWIN|KAWIN|CERAI HIDUP|CERAI MATI)'],
  ['pekerjaan', 'KARYAWAN SWASTA', "[A-Z][A-Z /.,'-]{0,79}"],
  ['kewarganegaraan', 'WNI', '(WNI|WNA)'],
  ['berlaku_hingga', 'SEUMUR HIDUP', '(SEUMUR HIDUP|[0-9]{2}-[0-9]{2}-[0-9]{4})'],
  ['provinsi', 'DKI JAKARTA', "[A-Z][A-Z .,'-]{0,79}"],
  ['kab_kota', 'JAKARTA PUSAT', "[A-Z][A-Z .,'-]{0,79}"],
  ['gol_darah', 'O', '(A|B|AB|O)'],
  ['tempat_terbit', 'JAKARTA PUSAT', "[A-Z][A-Z .,'-]{0,79}"],
  ['tanggal_terbit', '12-03-2018', '[0-9]{2}-[0-9]{2}-[0-9]{4}'],
];

const objectOf = (value: (format: string) => object): Record<string, unknown> => ({
  type: 'object',
  properties: Object.fromEntries(card.map(([name, , format]) => [name, value(format)])),
  required: card.map(([name]) => name),
  additionalProperties: false,
});

/** A schema of the size that reading an identity card needs: many fields, each a short text or null. */
export const cardSchema = objectOf(() => ({ anyOf: [{ type: 'string', maxLength: 80 }, { type: 'null' }] }));

/** The same card with the format of each field. */
export const cardFormats = objectOf((format) => ({ type: 'string', pattern: `^${format}$` }));

/** What a model answers that reads the card without a mistake; valid for both schemas. */
export const cardAnswer = `{${card.map(([name, value]) => `"${name}": "${value}"`).join(', ')}}`;

/** The same card as a reader has it that takes one digit and two letters for others, and misses the address. */
export const cardMisread = cardAnswer
  .replace('3171234506900001', '3171234506980001')
  .replace('RAHAYU', 'RAHAYV')
  .replace('SWASTA', 'SVVASTA')
  .replace('"JL. CONTOH NO. 12"', 'null');
