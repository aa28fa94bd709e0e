/** Every value that a card holds, flat; `alamat` is the address line itself. */
export const FIELD_NAMES = [
  'nik',
  'nama',
  'tempat_lahir',
  'tgl_lahir',
  'jenis_kelamin',
  'alamat',
  'rt_rw',
  'kel_desa',
  'kecamatan',
  'agama',
  'status_perkawinan',
  'pekerjaan',
  'kewarganegaraan',
  'berlaku_hingga',
  'provinsi',
  'kab_kota',
  'gol_darah',
  'tempat_terbit',
  'tanggal_terbit',
] as const;

/** One of {@link FIELD_NAMES}. */
export type FieldName = (typeof FIELD_NAMES)[number];

/** Fields that the answer may lack: a card can be complete without them. */
export const OPTIONAL_FIELDS: ReadonlySet<FieldName> = new Set<FieldName>([
  'provinsi',
  'kab_kota',
  'gol_darah',
  'tempat_terbit',
  'tanggal_terbit',
]);
