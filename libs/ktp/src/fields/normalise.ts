import { normaliseDate } from './dates.js';
import type { FieldName } from './field-names.js';
import {
  CITIZENSHIPS,
  lookUp,
  MARITAL_STATUSES,
  OCCUPATION_SPELLINGS,
  RELIGIONS,
  SEXES,
} from './vocabulary.js';

/** What a reading means. */
export interface Normalised {
  /** `null` when the reading means nothing that this field can hold. */
  readonly value: string | null;
  /** Whether the field's list of values has it; true for fields without a list. */
  readonly listed: boolean;
}

/** Wrong letters allowed against short lists of very different words. */
const SHORT_LIST = 0.34;
/** Against the 99 occupations, of which some differ by a letter in ten. */
const LONG_LIST = 0.2;

/** Brings a reading into the form that the law and the response use. Never fills in what was not read. */
export function normaliseField(field: FieldName, raw: string): Normalised {
  const text = raw.toUpperCase().replace(/\s+/g, ' ').trim();
  switch (field) {
    case 'nik':
      return free(text.replace(/[\s.:-]/g, ''));
    case 'tgl_lahir':
    case 'tanggal_terbit':
      return date(text);
    case 'berlaku_hingga':
      return lookUp(text, LIFELONG, SHORT_LIST) ? free('SEUMUR HIDUP') : date(text);
    case 'jenis_kelamin':
      return listed(text, SEXES, SHORT_LIST);
    case 'agama':
      return listed(text, RELIGIONS, SHORT_LIST);
    case 'status_perkawinan':
      return listed(text, MARITAL_STATUSES, SHORT_LIST);
    case 'pekerjaan':
      return listed(text, OCCUPATION_SPELLINGS, LONG_LIST);
    case 'kewarganegaraan':
      return listed(text, CITIZENSHIPS, SHORT_LIST);
    case 'rt_rw':
      return free(normaliseRtRw(text));
    case 'gol_darah':
      return free(normaliseBloodType(text));
    case 'provinsi':
      return free(text.replace(/^[^A-Z]*(?:PROV[A-Z]{2,4}S[I1L]|(?:RO|O)?V?INSI(?= ))\s*/, ''));
    case 'nama':
    case 'tempat_lahir':
    case 'alamat':
    case 'kel_desa':
    case 'kecamatan':
    case 'kab_kota':
    case 'tempat_terbit':
      return free(text.replace(/^[\s.,:;'-]+|[\s,:;-]+$/g, ''));
    default:
      return field satisfies never;
  }
}

const LIFELONG: ReadonlyMap<string, string> = new Map([['SEUMUR HIDUP', 'SEUMUR HIDUP']]);

function free(text: string): Normalised {
  return { value: text === '' ? null : text, listed: true };
}

function date(text: string): Normalised {
  const value = normaliseDate(text);
  return { value: value ?? (/\d/.test(text) ? text : null), listed: value !== undefined };
}

function listed(text: string, words: ReadonlyMap<string, string>, tolerance: number): Normalised {
  const match = lookUp(text, words, tolerance);
  return match ? { value: match.value, listed: true } : { ...free(text), listed: false };
}

/** `001/002`; a slash that was read as a digit stands in the middle of seven. */
function normaliseRtRw(text: string): string {
  const parts = /^(\d{1,3})\s*[/:-]\s*(\d{1,3})$/.exec(text);
  if (parts) return `${parts[1] ?? ''}/${parts[2] ?? ''}`;
  const digits = text.replace(/\D/g, '');
  if (digits.length === 6) return `${digits.slice(0, 3)}/${digits.slice(3)}`;
  if (digits.length === 7 && /[17]/.test(digits.charAt(3))) return `${digits.slice(0, 3)}/${digits.slice(4)}`;
  return text;
}

function normaliseBloodType(text: string): string {
  const value =
    /(?:DARAH|DAR[A-Z]{2})\W*(AB|A|B|O|0|-)\s?([+-])?/.exec(text) ??
    /^\W*(AB|A|B|O|0|-)\s?([+-])?$/.exec(text);
  if (!value) return '';
  return `${(value[1] ?? '').replace('0', 'O')}${value[2] ?? ''}`;
}
