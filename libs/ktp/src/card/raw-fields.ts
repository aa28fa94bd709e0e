import { splitBirth } from '../fields/dates.js';
import type { RawField, RawFields } from '../fields/raw-field.js';
import type { CellKey } from './cells.js';
import type { CellReading } from './read-card.js';

/** Sorts what the cells hold into fields: birth is two fields in one cell, the address one field in up to two. */
export function toRawFields(cells: readonly CellReading[]): RawFields {
  const fields: RawFields = {};
  const byKey = new Map<CellKey, CellReading>(cells.map((cell) => [cell.key, cell]));
  for (const [key, cell] of byKey) {
    if (cell.text === '' || key === 'lahir' || key === 'alamat' || key === 'alamat_2') continue;
    fields[key] = field(cell, cell.text);
  }
  // A header that lies off its place shows its first line where the second one is expected.
  if (!fields.provinsi && fields.kab_kota && /^PROV/.test(fields.kab_kota.raw)) {
    fields.provinsi = fields.kab_kota;
    delete fields.kab_kota;
  }
  const birth = byKey.get('lahir');
  if (birth) {
    const { place, date } = splitBirth(birth.text);
    if (place) fields.tempat_lahir = field(birth, place);
    if (date) fields.tgl_lahir = field(birth, date);
  }
  const [first, second] = [byKey.get('alamat'), byKey.get('alamat_2')];
  const address = [first, second].filter((cell) => cell !== undefined && cell.text !== '');
  const [top] = address;
  if (top) {
    fields.alamat = {
      ...field(top, address.map((cell) => cell?.text ?? '').join(' ')),
      confidence: Math.min(...address.map((cell) => cell?.confidence ?? 1)),
    };
  }
  return fields;
}

function field(cell: CellReading, raw: string): RawField {
  const alternatives = [...new Set(cell.looks)].filter((look) => look !== raw);
  return { raw, confidence: cell.confidence, source: 'ocr', box: cell.quad, alternatives };
}
