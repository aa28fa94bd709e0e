import type { AreaTable } from '../areas/area-table.js';
import { RETIRED_PROVINCES, RETIRED_REGENCIES } from '../areas/retired-areas.js';
import { isCalendarDate, parseDate } from '../fields/dates.js';
import type { KtpWarning, Severity, WarningCode } from '../fields/warning.js';
import { fullBirthYear } from './birth-year.js';
import { parseNik, type NikParts } from './parse-nik.js';

/** What the card says besides the NIK; `null` where it was not read. */
export interface NikContext {
  /** `DD-MM-YYYY`. */
  readonly tgl_lahir: string | null;
  readonly jenis_kelamin: string | null;
  /** Code of the regency in the card's header, four digits. */
  readonly regency: string | null;
  /** Year of issue; the current year when unknown. */
  readonly issueYear: number;
}

/** Holds a NIK against the rules of PP 37/2007, article 37, and against the rest of the card. */
export function validateNik(nik: string, context: NikContext, areas: AreaTable): KtpWarning[] {
  if (!/^\d*$/.test(nik)) {
    return [remark('nik_characters', 'error', 'The NIK holds characters that are not digits.')];
  }
  const parts = parseNik(nik);
  if (!parts) return [remark('nik_length', 'error', 'The NIK does not have 16 digits.')];
  return [
    ...dateWarnings(parts, context),
    ...sexWarnings(parts, context),
    ...areaWarnings(parts, context, areas),
  ];
}

function dateWarnings(parts: NikParts, context: NikContext): KtpWarning[] {
  const warnings: KtpWarning[] = [];
  const year = fullBirthYear(parts.shortYear, context.tgl_lahir, context.issueYear);
  if (!isCalendarDate({ day: parts.day, month: parts.month, year })) {
    warnings.push(remark('nik_date_invalid', 'error', 'The date of birth in the NIK does not exist.'));
  }
  if (parts.serial === 0) {
    warnings.push(
      remark('nik_serial_zero', 'error', 'The serial number in the NIK is 0000; it starts at 0001.'),
    );
  }
  const printed = parseDate(context.tgl_lahir);
  const differs =
    printed &&
    (printed.day !== parts.day || printed.month !== parts.month || printed.year % 100 !== parts.shortYear);
  if (differs) {
    const message =
      'The date of birth in the NIK is not the printed one: one of them was misread, or the date was corrected after the NIK was given.';
    warnings.push(remark('nik_date_differs', 'warning', message));
  }
  return warnings;
}

function sexWarnings(parts: NikParts, context: NikContext): KtpWarning[] {
  const printed = context.jenis_kelamin;
  if ((printed !== 'LAKI-LAKI' && printed !== 'PEREMPUAN') || printed === parts.sex) return [];
  return [remark('nik_sex_differs', 'warning', 'The sex in the NIK is not the printed one.')];
}

function areaWarnings(parts: NikParts, context: NikContext, areas: AreaTable): KtpWarning[] {
  const successor = RETIRED_REGENCIES.get(parts.regency);
  const warnings: KtpWarning[] = [];
  if (successor !== undefined || RETIRED_PROVINCES.has(parts.province)) {
    const message = 'The area code in the NIK was replaced by another one later.';
    warnings.push(remark('nik_area_retired', 'information', message));
  } else if (!areas.districts.has(parts.district)) {
    const message = 'The area code in the NIK is not in the table of areas.';
    warnings.push(remark('nik_area_unknown', 'information', message));
  }
  if (context.regency !== null && context.regency !== (successor ?? parts.regency)) {
    const message = 'The NIK was first registered in another regency than the one on the card.';
    warnings.push(remark('nik_area_differs', 'information', message));
  }
  return warnings;
}

function remark(code: WarningCode, severity: Severity, message: string): KtpWarning {
  return { code, severity, field: 'nik', message };
}
