import type { AreaTable } from '../areas/area-table.js';
import { matchAddress, spellTown, type MatchedAddress } from '../areas/match-areas.js';
import { validateNik } from '../nik/validate-nik.js';
import { isCalendarDate, parseDate, type CalendarDate } from './dates.js';
import { squash } from './edit-distance.js';
import { FIELD_NAMES, OPTIONAL_FIELDS, type FieldName } from './field-names.js';
import type { FieldDetail, KtpResult } from './ktp-result.js';
import { normaliseField } from './normalise.js';
import type { RawFields } from './raw-field.js';
import type { KtpWarning, Severity, WarningCode } from './warning.js';

/** Below this probability of its least certain character a value deserves a second look. */
export const DOUBTFUL = 0.5;
/** The NIK has no check digit and identifies the person: more certainty is asked of it. */
export const DOUBTFUL_NIK = 0.8;

type Values = Record<FieldName, string | null>;

/** Turns what was read into values, and holds them against the law and against each other. Fills in nothing. */
export function interpret(raw: RawFields, areas: AreaTable, today: CalendarDate): KtpResult {
  const warnings: KtpWarning[] = [];
  const remark = (field: FieldName, code: WarningCode, severity: Severity, message: string) => {
    warnings.push({ code, severity, field, message });
  };
  const values = Object.fromEntries(FIELD_NAMES.map((name) => [name, null])) as Values;
  for (const name of FIELD_NAMES) {
    const read = raw[name];
    const { value, listed } = read ? normaliseField(name, read.raw) : { value: null, listed: true };
    values[name] = value;
    if (value === null) {
      if (!OPTIONAL_FIELDS.has(name))
        remark(name, 'field_missing', 'warning', 'This field could not be read.');
      continue;
    }
    if (!listed)
      remark(name, 'value_unlisted', 'warning', 'The value is not of the form or list that this field has.');
    const limit = name === 'nik' ? DOUBTFUL_NIK : DOUBTFUL;
    if (read?.confidence != null && read.confidence < limit) {
      remark(name, 'low_confidence', 'warning', 'At least one character of this field is uncertain.');
    }
    if (name === 'nik' && read && read.alternatives.length > 0) {
      remark(
        name,
        'nik_readings_differ',
        'warning',
        'Several looks at the NIK did not read the same digits.',
      );
    }
  }
  const address = matchAddress({ ...values, nikDistrict: values.nik?.slice(0, 6) ?? null }, areas);
  for (const name of ['provinsi', 'kab_kota', 'kecamatan', 'kel_desa'] as const) {
    spell(name, values, address, remark);
  }
  if (values.tempat_lahir) values.tempat_lahir = spellTown(values.tempat_lahir, areas);
  if (values.tempat_terbit) values.tempat_terbit = spellTown(values.tempat_terbit, areas);
  warnings.push(...dateWarnings(values, today));
  if (values.nik !== null) {
    const issueYear = parseDate(values.tanggal_terbit)?.year ?? today.year;
    const context = { ...values, regency: address.regencyCode ?? null, issueYear };
    warnings.push(...validateNik(values.nik, context, areas));
  }
  return assemble(values, raw, warnings);
}

type Remark = (field: FieldName, code: WarningCode, severity: Severity, message: string) => void;

/** Takes over the spelling of the area table, and says so when letters changed. */
function spell(
  name: 'provinsi' | 'kab_kota' | 'kecamatan' | 'kel_desa',
  values: Values,
  address: MatchedAddress,
  remark: Remark,
): void {
  const read = values[name];
  const known = address[name];
  if (read === null) return;
  if (known === undefined) {
    remark(name, 'area_unknown', 'information', 'No area of this name is in the table at this place.');
    return;
  }
  values[name] = known;
  if (squash(known) !== squash(read)) {
    remark(
      name,
      'spelling_normalised',
      'information',
      'The spelling was taken from the table of areas; see raw.',
    );
  }
}

function dateWarnings(values: Values, today: CalendarDate): KtpWarning[] {
  const warnings: KtpWarning[] = [];
  const birth = parseDate(values.tgl_lahir);
  const issue = parseDate(values.tanggal_terbit);
  for (const field of ['tgl_lahir', 'berlaku_hingga', 'tanggal_terbit'] as const) {
    const date = parseDate(values[field]);
    if (date && !isCalendarDate(date)) {
      warnings.push({ code: 'date_invalid', severity: 'error', field, message: 'This date does not exist.' });
    }
    if (date && field !== 'berlaku_hingga' && dayNumber(date) > dayNumber(today)) {
      warnings.push({
        code: 'date_in_future',
        severity: 'error',
        field,
        message: 'This date lies in the future.',
      });
    }
  }
  if (birth && issue && dayNumber(issue) < dayNumber({ ...birth, year: birth.year + 17 })) {
    const message = 'The card was issued before the holder was 17: possible for married people only.';
    warnings.push({
      code: 'issued_before_seventeen',
      severity: 'information',
      field: 'tanggal_terbit',
      message,
    });
  }
  return warnings;
}

/** Orders dates; not a count of days. */
function dayNumber({ year, month, day }: CalendarDate): number {
  return (year * 12 + month) * 31 + day;
}

function assemble(values: Values, raw: RawFields, warnings: readonly KtpWarning[]): KtpResult {
  const detail = (name: FieldName): FieldDetail => ({
    value: values[name],
    raw: raw[name]?.raw ?? null,
    confidence: raw[name]?.confidence ?? null,
    source: raw[name]?.source ?? null,
    box: raw[name]?.box ?? null,
    agreement: null,
    other: null,
    warnings: warnings.filter((warning) => warning.field === name),
  });
  return {
    nik: values.nik,
    nama: values.nama,
    tempat_lahir: values.tempat_lahir,
    tgl_lahir: values.tgl_lahir,
    jenis_kelamin: values.jenis_kelamin,
    alamat: {
      name: values.alamat,
      rt_rw: values.rt_rw,
      kel_desa: values.kel_desa,
      kecamatan: values.kecamatan,
    },
    agama: values.agama,
    status_perkawinan: values.status_perkawinan,
    pekerjaan: values.pekerjaan,
    kewarganegaraan: values.kewarganegaraan,
    berlaku_hingga: values.berlaku_hingga,
    ...present('provinsi', values.provinsi),
    ...present('kab_kota', values.kab_kota),
    ...present('gol_darah', values.gol_darah),
    ...present('tempat_terbit', values.tempat_terbit),
    ...present('tanggal_terbit', values.tanggal_terbit),
    detail: Object.fromEntries(FIELD_NAMES.map((name) => [name, detail(name)])) as Record<
      FieldName,
      FieldDetail
    >,
    warnings,
  };
}

function present<Name extends FieldName>(name: Name, value: string | null): { [key in Name]?: string } {
  return value === null ? {} : ({ [name]: value } as { [key in Name]: string });
}
