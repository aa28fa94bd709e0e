import type { Quad } from '../geometry/point.js';
import type { FieldName } from './field-names.js';
import type { Source } from './raw-field.js';
import type { KtpWarning } from './warning.js';

/** Whether two readers, when both were asked, delivered the same value. */
export type Agreement = 'agree' | 'differ';

/** Everything known about one value. */
export interface FieldDetail {
  /** Normalised value; `null` when it was not read. */
  readonly value: string | null;
  /** The print as it was read, before normalisation. */
  readonly raw: string | null;
  /** Probability of the least certain character, `[0, 1]`; `null` when the reader states none. */
  readonly confidence: number | null;
  readonly source: Source | null;
  /** Corners in the picture, reading order. */
  readonly box: Quad | null;
  /** `null` when one reader alone was asked. */
  readonly agreement: Agreement | null;
  /** The other reader's raw text where the two differ. */
  readonly other: string | null;
  readonly warnings: readonly KtpWarning[];
}

/** A card as it was read. Values that were not read are `null`, never guessed. */
export interface KtpResult {
  readonly nik: string | null;
  readonly nama: string | null;
  readonly tempat_lahir: string | null;
  /** `DD-MM-YYYY`. */
  readonly tgl_lahir: string | null;
  readonly jenis_kelamin: string | null;
  readonly alamat: {
    readonly name: string | null;
    /** `001/002`. */
    readonly rt_rw: string | null;
    readonly kel_desa: string | null;
    readonly kecamatan: string | null;
  };
  readonly agama: string | null;
  readonly status_perkawinan: string | null;
  readonly pekerjaan: string | null;
  readonly kewarganegaraan: string | null;
  /** `SEUMUR HIDUP` or `DD-MM-YYYY`. */
  readonly berlaku_hingga: string | null;
  /** Without the word `PROVINSI`. Absent when it was not read, like the four below. */
  readonly provinsi?: string;
  readonly kab_kota?: string;
  readonly gol_darah?: string;
  readonly tempat_terbit?: string;
  /** `DD-MM-YYYY`. */
  readonly tanggal_terbit?: string;
  readonly detail: Readonly<Record<FieldName, FieldDetail>>;
  /** All remarks: those of the fields and those on the picture. */
  readonly warnings: readonly KtpWarning[];
}
