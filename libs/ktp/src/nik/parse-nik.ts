/** The parts of a NIK, `PPKKCC DDMMYY SSSS` (PP 37/2007, article 37). */
export interface NikParts {
  /** Two digits. */
  readonly province: string;
  /** Four digits, the province's included. */
  readonly regency: string;
  /** Six digits, the regency's included. */
  readonly district: string;
  /** Day of birth, 40 taken off for women; need not exist. */
  readonly day: number;
  readonly month: number;
  /** Last two digits of the year of birth. */
  readonly shortYear: number;
  readonly sex: 'LAKI-LAKI' | 'PEREMPUAN';
  readonly serial: number;
}

/** Takes sixteen digits apart; `undefined` for anything else. Says nothing about whether the parts make sense. */
export function parseNik(nik: string): NikParts | undefined {
  if (!/^\d{16}$/.test(nik)) return undefined;
  const printedDay = Number(nik.slice(6, 8));
  const female = printedDay > 40;
  return {
    province: nik.slice(0, 2),
    regency: nik.slice(0, 4),
    district: nik.slice(0, 6),
    day: female ? printedDay - 40 : printedDay,
    month: Number(nik.slice(8, 10)),
    shortYear: Number(nik.slice(10, 12)),
    sex: female ? 'PEREMPUAN' : 'LAKI-LAKI',
    serial: Number(nik.slice(12)),
  };
}
