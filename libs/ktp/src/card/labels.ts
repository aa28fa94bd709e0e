import { FIRST_ROW_Y, INDENTED_LABEL_X, LABEL_X, NIK_ROW, ROW_PITCH } from './layout.js';

/** A printed label and where it belongs on the card. */
export interface Label {
  readonly key: LabelKey;
  /** Letters of the print in capitals, without spaces and slashes. */
  readonly letters: string;
  /** Left edge in the card's frame. */
  readonly x: number;
  /** Centre in the card's frame while the address takes one line. */
  readonly y: number;
}

export type LabelKey =
  | 'nik'
  | 'nama'
  | 'lahir'
  | 'jenis_kelamin'
  | 'alamat'
  | 'rt_rw'
  | 'kel_desa'
  | 'kecamatan'
  | 'agama'
  | 'status_perkawinan'
  | 'pekerjaan'
  | 'kewarganegaraan'
  | 'berlaku_hingga';

const ROWS: readonly (readonly [LabelKey, string])[] = [
  ['nama', 'NAMA'],
  ['lahir', 'TEMPATTGLLAHIR'],
  ['jenis_kelamin', 'JENISKELAMIN'],
  ['alamat', 'ALAMAT'],
  ['rt_rw', 'RTRW'],
  ['kel_desa', 'KELDESA'],
  ['kecamatan', 'KECAMATAN'],
  ['agama', 'AGAMA'],
  ['status_perkawinan', 'STATUSPERKAWINAN'],
  ['pekerjaan', 'PEKERJAAN'],
  ['kewarganegaraan', 'KEWARGANEGARAAN'],
  ['berlaku_hingga', 'BERLAKUHINGGA'],
];
const INDENTED: ReadonlySet<LabelKey> = new Set<LabelKey>(['rt_rw', 'kel_desa', 'kecamatan']);

/** All labels from top to bottom. */
export const LABELS: readonly Label[] = [
  { key: 'nik', letters: 'NIK', x: LABEL_X, y: NIK_ROW.y },
  ...ROWS.map(([key, letters], row) => ({
    key,
    letters,
    x: INDENTED.has(key) ? INDENTED_LABEL_X : LABEL_X,
    y: FIRST_ROW_Y + ROW_PITCH * row,
  })),
];

/** Share of wrong letters up to which a reading still names a label. */
const TOLERANCE = 0.34;

/**
 * The label that a reading begins with. Readings may stop in the middle of the label or run on into the value.
 *
 * @returns the best label and its share of wrong letters, or `undefined` when none is near
 */
export function matchLabel(reading: string): { readonly label: Label; readonly error: number } | undefined {
  const letters = reading.toUpperCase().replace(/[^A-Z]/g, '');
  if (letters.length < 3) return undefined;
  let best: { label: Label; error: number } | undefined;
  for (const label of LABELS) {
    const error = prefixError(letters, label.letters);
    if (error <= TOLERANCE && (!best || error < best.error)) best = { label, error };
  }
  return best;
}

/** Edit distance between the common beginning of both, per letter compared. */
function prefixError(reading: string, label: string): number {
  const compared = reading.slice(0, label.length);
  if (compared.length < Math.min(4, label.length)) return 1;
  // Row 0 of the usual table; the cheapest cell of the last row leaves the label's own end free.
  let row = Array.from({ length: label.length + 1 }, (_, i) => i);
  for (const [i, letter] of Array.from(compared).entries()) {
    const next = [i + 1];
    for (let j = 1; j <= label.length; j++) {
      const replace = (row[j - 1] ?? 0) + (label[j - 1] === letter ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  const end = compared.length < label.length ? Math.min(...row) : (row[label.length] ?? label.length);
  return end / compared.length;
}
