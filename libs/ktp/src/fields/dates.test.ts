import { describe, expect, it } from 'vitest';

import { isCalendarDate, splitBirth } from './dates.js';

describe('splitBirth', () => {
  it.each([
    ['BOGOR, 17-08-1985', 'BOGOR', '17-08-1985'],
    ['BOGOR 17-08-1985', 'BOGOR', '17-08-1985'],
    ['BANGKA TENGAH.17-O8-1985', 'BANGKA TENGAH', '17-08-1985'],
    ['BOGOR', 'BOGOR', ''],
    ['17-08-1985', '', '17-08-1985'],
    ['', '', ''],
  ])('%j is born in %j on %j', (raw, place, date) => {
    expect(splitBirth(raw)).toEqual({ place, date });
  });
});

describe('isCalendarDate', () => {
  it.each([
    [29, 2, 2000, true],
    [29, 2, 1900, false],
    [29, 2, 2024, true],
    [31, 4, 2024, false],
    [0, 1, 2024, false],
    [1, 13, 2024, false],
    [31, 12, 1999, true],
  ])('%d-%d-%d: %s', (day, month, year, exists) => {
    expect(isCalendarDate({ day, month, year })).toBe(exists);
  });
});
