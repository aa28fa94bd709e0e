import { parseDate } from '../fields/dates.js';

/** Cards are issued from this age on (married people may be younger, but not by much). */
const CARD_AGE = 17;

/**
 * Full year of birth for a NIK's two digits: the printed date's century where one is printed, else the latest
 * year in which the holder was at least 17 at issue.
 *
 * @param issueYear year of issue; the current year when unknown
 */
export function fullBirthYear(shortYear: number, printedBirth: string | null, issueYear: number): number {
  const printed = parseDate(printedBirth);
  if (printed) return Math.floor(printed.year / 100) * 100 + shortYear;
  const latest = issueYear - CARD_AGE;
  const year = Math.floor(latest / 100) * 100 + shortYear;
  return year > latest ? year - 100 : year;
}
