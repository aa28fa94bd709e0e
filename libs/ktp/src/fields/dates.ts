/** A calendar day. */
export interface CalendarDate {
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

/** Whether the day exists (Gregorian, leap years included). */
export function isCalendarDate({ day, month, year }: CalendarDate): boolean {
  if (month < 1 || month > 12 || day < 1 || year < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** `DD-MM-YYYY` from eight digits with any marks between them, or `undefined` for anything else. */
export function normaliseDate(reading: string): string | undefined {
  const digits = reading.replace(/[\s./:,-]/g, '');
  if (!/^\d{8}$/.test(digits)) return undefined;
  return `${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4)}`;
}

/** The day that a normalised date names; it need not exist. */
export function parseDate(text: string | null): CalendarDate | undefined {
  const match = /^(\d{2})-(\d{2})-(\d{4})$/.exec(text ?? '');
  if (!match) return undefined;
  return { day: Number(match[1]), month: Number(match[2]), year: Number(match[3]) };
}

const AS_DIGIT: Readonly<Record<string, string>> = {
  O: '0',
  D: '0',
  Q: '0',
  I: '1',
  L: '1',
  Z: '2',
  A: '4',
  S: '5',
  B: '8',
  G: '6',
};

/** Splits the row `PLACE, DD-MM-YYYY`; the comma and the marks within the date may be lost. */
export function splitBirth(reading: string): { readonly place: string; readonly date: string } {
  const match = /^(.*?)[\s.,:;-]*((?:[0-9OQDILZASBG][\s./:-]*){8})[\s.]*$/.exec(reading);
  const tail = match?.[2] ?? '';
  const digits = (tail.match(/\d/g) ?? []).length;
  if (!match || digits < 5) return { place: trimMarks(reading), date: '' };
  return {
    place: trimMarks(match[1] ?? ''),
    date: tail.replace(/[A-Z]/g, (letter) => AS_DIGIT[letter] ?? letter),
  };
}

function trimMarks(text: string): string {
  return text.replace(/^[\s.,:;-]+|[\s,:;-]+$/g, '');
}
