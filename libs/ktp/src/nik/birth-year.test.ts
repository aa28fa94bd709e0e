import { describe, expect, it } from 'vitest';

import { fullBirthYear } from './birth-year.js';

describe('fullBirthYear', () => {
  it('takes the century of the printed date', () => {
    expect(fullBirthYear(16, '01-01-2016', 2024)).toBe(2016);
    expect(fullBirthYear(16, '01-01-1916', 2024)).toBe(1916);
  });

  it('takes the latest year that makes the holder 17 at issue', () => {
    expect(fullBirthYear(3, null, 2020)).toBe(2003);
    expect(fullBirthYear(4, null, 2020)).toBe(1904);
    expect(fullBirthYear(85, null, 2020)).toBe(1985);
  });
});
