import { describe, expect, it } from 'vitest';

import { smallAreaTable } from '../testing/small-area-table.js';
import { validateNik, type NikContext } from './validate-nik.js';

const areas = smallAreaTable();
const man: NikContext = {
  tgl_lahir: '17-08-1985',
  jenis_kelamin: 'LAKI-LAKI',
  regency: '3201',
  issueYear: 2020,
};
const woman: NikContext = { ...man, jenis_kelamin: 'PEREMPUAN' };
const unread: NikContext = { tgl_lahir: null, jenis_kelamin: null, regency: null, issueYear: 2020 };
const born = (tgl_lahir: string | null, base: NikContext = man): NikContext => ({ ...base, tgl_lahir });

/** What is written, what the card says, and the codes that must come back. */
const CASES: readonly (readonly [string, NikContext, readonly string[]])[] = [
  // Sound numbers.
  ['3201011708859001', man, []],
  ['3201015708859001', woman, []],
  ['3201020101000001', born('01-01-2000'), []],
  ['3201023112999999', born('31-12-1999'), []],
  ['3201012902049001', born('29-02-2004'), []],
  ['3201012902009001', born('29-02-2000'), []],
  ['3201016902049001', born('29-02-2004', woman), []],
  ['3201013004859001', born('30-04-1985'), []],
  ['3201017112859001', born('31-12-1985', woman), []],
  ['3201014101850001', born('01-01-1985', woman), []],
  ['3201011708859001', unread, []],
  ['3201015708859001', unread, []],
  // Not sixteen digits.
  ['', man, ['nik_length']],
  ['1', man, ['nik_length']],
  ['320101170885900', man, ['nik_length']],
  ['32010117088590011', man, ['nik_length']],
  ['3201011708859001320101170885900', man, ['nik_length']],
  ['32010117O8859001', man, ['nik_characters']],
  ['320101-1708859001', man, ['nik_characters']],
  ['3201 0117 0885 9001', man, ['nik_characters']],
  ['٣٢٠١٠١١٧٠٨٨٥٩٠٠١', man, ['nik_characters']],
  ['tiga dua', man, ['nik_characters']],
  // Days and months that do not exist.
  ['3201010008859001', unread, ['nik_date_invalid']],
  ['3201013208859001', unread, ['nik_date_invalid']],
  ['3201014008859001', unread, ['nik_date_invalid']],
  ['3201017208859001', unread, ['nik_date_invalid']],
  ['3201018008859001', unread, ['nik_date_invalid']],
  ['3201019908859001', unread, ['nik_date_invalid']],
  ['3201011700859001', unread, ['nik_date_invalid']],
  ['3201011713859001', unread, ['nik_date_invalid']],
  ['3201011799859001', unread, ['nik_date_invalid']],
  ['3201013104859001', unread, ['nik_date_invalid']],
  ['3201013106859001', unread, ['nik_date_invalid']],
  ['3201013109859001', unread, ['nik_date_invalid']],
  ['3201013111859001', unread, ['nik_date_invalid']],
  ['3201013002859001', unread, ['nik_date_invalid']],
  ['3201017002859001', unread, ['nik_date_invalid']],
  ['3201012902859001', unread, ['nik_date_invalid']],
  ['3201012902019001', unread, ['nik_date_invalid']],
  ['3201016902019001', unread, ['nik_date_invalid']],
  // The century decides about 29 February: 1900 had none, 2000 had one.
  ['3201012902009001', born('29-02-1900'), ['nik_date_invalid']],
  // Serial numbers start at one.
  ['3201011708850000', man, ['nik_serial_zero']],
  ['3201011708850001', man, []],
  ['3201015708850000', woman, ['nik_serial_zero']],
  // The printed date differs.
  ['3201011608859001', man, ['nik_date_differs']],
  ['3201011707859001', man, ['nik_date_differs']],
  ['3201011708869001', man, ['nik_date_differs']],
  ['3201011708859001', born('17-08-1958'), ['nik_date_differs']],
  ['3201011708859001', born('08-07-1985'), ['nik_date_differs']],
  ['3201015608859001', woman, ['nik_date_differs']],
  // The printed sex differs.
  ['3201015708859001', man, ['nik_sex_differs']],
  ['3201011708859001', woman, ['nik_sex_differs']],
  ['3201015608859001', man, ['nik_date_differs', 'nik_sex_differs']],
  ['3201011708859001', { ...man, jenis_kelamin: 'LAKI' }, []],
  // Areas: elsewhere, unknown, retired.
  ['3271011708859001', man, ['nik_area_differs']],
  ['3174011708859001', man, ['nik_area_differs']],
  ['3201991708859001', man, ['nik_area_unknown']],
  ['3299011708859001', man, ['nik_area_unknown', 'nik_area_differs']],
  ['0000001708859001', man, ['nik_area_unknown', 'nik_area_differs']],
  ['9901011708859001', unread, ['nik_area_unknown']],
  ['9101011708859001', unread, ['nik_area_retired']],
  ['9101011708859001', { ...man, regency: '9301' }, ['nik_area_retired']],
  ['9101011708859001', man, ['nik_area_retired', 'nik_area_differs']],
  ['6473011708859001', { ...man, regency: '6571' }, ['nik_area_retired']],
  ['5401011708859001', unread, ['nik_area_retired']],
  ['3201011708859001', { ...man, regency: null }, []],
  // Several at once.
  ['3201993202850000', man, ['nik_date_invalid', 'nik_serial_zero', 'nik_date_differs', 'nik_area_unknown']],
  ['0000000000000000', unread, ['nik_date_invalid', 'nik_serial_zero', 'nik_area_unknown']],
];

describe('validateNik', () => {
  it('is held against at least sixty cases', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(60);
  });

  it.each(CASES)('%s with %j gives %j', (nik, context, codes) => {
    expect(validateNik(nik, context, areas).map(({ code }) => code)).toEqual(codes);
  });

  it('calls impossible numbers errors, contradictions warnings and origins information', () => {
    const severity = (nik: string, context: NikContext) =>
      Object.fromEntries(validateNik(nik, context, areas).map((warning) => [warning.code, warning.severity]));
    expect(severity('3201993202850000', man)).toEqual({
      nik_date_invalid: 'error',
      nik_serial_zero: 'error',
      nik_date_differs: 'warning',
      nik_area_unknown: 'information',
    });
    expect(severity('3271015708859001', man)).toEqual({
      nik_sex_differs: 'warning',
      nik_area_differs: 'information',
    });
  });

  it('keeps the number out of its messages', () => {
    for (const [nik, context] of CASES) {
      for (const { message } of validateNik(nik, context, areas)) {
        expect(message).not.toMatch(/\d{6}/);
      }
    }
  });
});
