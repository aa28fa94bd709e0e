import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CellKey } from '../card/cells.js';
import { toRawFields } from '../card/raw-fields.js';
import type { CellReading } from '../card/read-card.js';
import { smallAreaTable } from '../testing/small-area-table.js';
import { editDistance, squash } from './edit-distance.js';
import { FIELD_NAMES } from './field-names.js';
import { interpret } from './interpret.js';
import { OCCUPATION_SPELLINGS, RELIGIONS } from './vocabulary.js';

const areas = smallAreaTable();
const today = { day: 22, month: 11, year: 2026 };
const corner = { x: 0, y: 0 };

function cell(key: CellKey, text: string, confidence = 0.99): CellReading {
  return { key, text, confidence, quad: [corner, corner, corner, corner], looks: [] };
}

const CARD: readonly CellReading[] = [
  cell('provinsi', 'PROVINSIJAWA BARAT'),
  cell('kab_kota', 'KABUPATENBOGOR'),
  cell('nik', '3201025708859001'),
  cell('nama', 'MIRA SPESIMEN'),
  cell('lahir', 'BOGOR, 17-08-1985'),
  cell('jenis_kelamin', 'PEREMPUAN'),
  cell('gol_darah', 'GOL. DARAH : AB'),
  cell('alamat', 'JL. CONTOH NO. 1'),
  cell('alamat_2', 'BLOK B'),
  cell('rt_rw', '001/002'),
  cell('kel_desa', 'BOJONGKULUR'),
  cell('kecamatan', 'GUNUNG PUTRl'),
  cell('agama', 'ISLAM'),
  cell('status_perkawinan', 'BELUMKAWIN'),
  cell('pekerjaan', 'KARYAWAN SWASTA'),
  cell('kewarganegaraan', 'WNI'),
  cell('berlaku_hingga', 'SEUMURHIDUP'),
  cell('tempat_terbit', 'BOGOR'),
  cell('tanggal_terbit', '01-02-2013'),
];

describe('interpret', () => {
  it('answers in the form that the service always had', () => {
    const result = interpret(toRawFields(CARD), areas, today);
    expect(result).toMatchObject({
      nik: '3201025708859001',
      nama: 'MIRA SPESIMEN',
      tempat_lahir: 'BOGOR',
      tgl_lahir: '17-08-1985',
      jenis_kelamin: 'PEREMPUAN',
      alamat: {
        name: 'JL. CONTOH NO. 1 BLOK B',
        rt_rw: '001/002',
        kel_desa: 'BOJONG KULUR',
        kecamatan: 'GUNUNG PUTRI',
      },
      agama: 'ISLAM',
      status_perkawinan: 'BELUM KAWIN',
      pekerjaan: 'KARYAWAN SWASTA',
      kewarganegaraan: 'WNI',
      berlaku_hingga: 'SEUMUR HIDUP',
      provinsi: 'JAWA BARAT',
      kab_kota: 'KABUPATEN BOGOR',
      gol_darah: 'AB',
      tempat_terbit: 'BOGOR',
      tanggal_terbit: '01-02-2013',
    });
    expect(result.warnings.filter(({ severity }) => severity !== 'information')).toEqual([]);
  });

  it('keeps the print and says so where it takes over another spelling', () => {
    const { detail } = interpret(toRawFields([...CARD, cell('kel_desa', 'BOJANGKULUR')]), areas, today);
    expect(detail.kel_desa).toMatchObject({ value: 'BOJONG KULUR', raw: 'BOJANGKULUR', source: 'ocr' });
    expect(detail.kel_desa.warnings.map(({ code }) => code)).toEqual(['spelling_normalised']);
  });

  it('shows both readings of a contradiction and repairs neither', () => {
    const cells = CARD.map((one) => (one.key === 'lahir' ? cell('lahir', 'BOGOR, 18-08-1985') : one));
    const result = interpret(toRawFields(cells), areas, today);
    expect(result.nik).toBe('3201025708859001');
    expect(result.tgl_lahir).toBe('18-08-1985');
    expect(result.detail.nik.warnings.map(({ code }) => code)).toEqual(['nik_date_differs']);
  });

  it('warns of doubt, of several readings and of impossible dates', () => {
    const raw = toRawFields([
      { ...cell('nik', '3201025708859001', 0.6), looks: ['3201025708859001', '3201025708859007'] },
      cell('tanggal_terbit', '31-02-2013'),
      cell('lahir', 'BOGOR, 17-08-2085', 0.2),
    ]);
    const { detail } = interpret(raw, areas, today);
    const codes = (name: (typeof FIELD_NAMES)[number]) => detail[name].warnings.map(({ code }) => code);
    expect(codes('nik')).toEqual(['low_confidence', 'nik_readings_differ']);
    expect(codes('tanggal_terbit')).toEqual(['date_invalid', 'issued_before_seventeen']);
    expect(codes('tgl_lahir')).toEqual(['low_confidence', 'date_in_future']);
    expect(codes('nama')).toEqual(['field_missing']);
  });

  it('never throws and never invents a value from shuffled, merged and broken lines', () => {
    const keys = CARD.map(({ key }) => key);
    const texts = CARD.map(({ text }) => text);
    const broken = fc.oneof(
      fc.constantFrom(...texts),
      fc.tuple(fc.constantFrom(...texts), fc.constantFrom(...texts)).map((pair) => pair.join('')),
      fc.tuple(fc.constantFrom(...texts), fc.nat(12)).map(([text, at]) => text.slice(at)),
      fc.tuple(fc.constantFrom(...texts), fc.nat(12)).map(([text, at]) => text.slice(0, at)),
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const reading = fc.record({
      key: fc.constantFrom(...keys),
      text: broken,
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 24 }), (cells) => {
        const raw = toRawFields(cells.map(({ key, text, confidence }) => cell(key, text, confidence)));
        const result = interpret(raw, areas, today);
        const seen = cells.map(({ text }) => squash(text));
        for (const name of FIELD_NAMES) {
          const { value, raw: print } = result.detail[name];
          if (value === null) continue;
          expect(print).not.toBeNull();
          expect(isFounded(value, print ?? '', seen)).toBe(true);
        }
      }),
      { numRuns: 2000, examples: [[[{ key: 'pekerjaan', text: 'PNs', confidence: 0 }]]] },
    );
  });
});

/** Whether a value is what was read, up to spaces and the letters that the lists and tables may mend. */
function isFounded(value: string, raw: string, seen: readonly string[]): boolean {
  const [short, print] = [squash(value), squash(raw)];
  if (print.includes(short) || seen.some((text) => text.includes(short))) return true;
  const spellings = [...RELIGIONS, ...OCCUPATION_SPELLINGS]
    .filter(([, listed]) => listed === value)
    .map(([spelling]) => squash(spelling));
  const older = ['WANITA', 'PRIA'].map(squash);
  return (
    [short, ...spellings, ...older].some((known) => editDistance(known, print) <= known.length * 0.34) ||
    /^[\d/O-]/.test(short)
  );
}
