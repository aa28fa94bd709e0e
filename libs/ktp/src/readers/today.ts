import type { CalendarDate } from '../fields/dates.js';

/** The current day in Jakarta. */
export function today(now = new Date()): CalendarDate {
  const local = new Date(now.getTime() + 7 * 3600_000);
  return { day: local.getUTCDate(), month: local.getUTCMonth() + 1, year: local.getUTCFullYear() };
}
