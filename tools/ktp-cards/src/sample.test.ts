import { describe, expect, it } from 'vitest';

import { loadPlaces } from './areas.js';
import { expectedValues, SCORED_FIELDS } from './bench/expected.js';
import type { BenchRecord } from './bench/record.js';
import { report } from './bench/report.js';
import { score } from './bench/score.js';
import { inventPerson } from './person.js';
import { Random } from './random.js';
import { makeSample } from './sample.js';

const places = loadPlaces();

describe('makeSample', () => {
  it('draws the same card for the same seed, and another for another', { timeout: 60_000 }, async () => {
    const [first, again, other] = [
      await makeSample(1, 'mild', 3, places),
      await makeSample(1, 'mild', 3, places),
      await makeSample(2, 'mild', 3, places),
    ];
    expect(again.truth).toEqual(first.truth);
    expect(Buffer.from(again.jpeg).equals(first.jpeg)).toBe(true);
    expect(other.truth.nik).not.toBe(first.truth.nik);
  });
});

describe('inventPerson', () => {
  it('keeps to the rules of the NIK and away from real serial numbers', () => {
    const random = new Random(5);
    for (let i = 0; i < 300; i++) {
      const person = inventPerson(random, places);
      expect(person.nik).toMatch(/^\d{12}9\d{3}$/);
      const day = Number(person.nik.slice(6, 8));
      expect(day > 40).toBe(person.jenis_kelamin === 'PEREMPUAN');
      expect(person.tgl_lahir.slice(0, 2)).toBe(String(day % 40).padStart(2, '0'));
      expect(Object.values(expectedValues(person)).every((value) => value !== '')).toBe(true);
    }
  });
});

describe('score', () => {
  const expected = Object.fromEntries(SCORED_FIELDS.map((name) => [name, 'A B']));
  const record: BenchRecord = {
    reader: 'ocr',
    seed: 1,
    level: 'hard',
    index: 0,
    defect: null,
    refused: null,
    expected,
    values: expected,
    nikWarnings: [],
    milliseconds: 10,
    cpuMilliseconds: 20,
    memory: 30,
    peakMemory: 30,
  };

  it('tells exact from nearly, and a flagged wrong NIK from one that passes', () => {
    const spaced = { ...record, values: { ...expected, nama: 'AB' } };
    const flagged = { ...record, values: { ...expected, nik: 'X' }, nikWarnings: ['low_confidence'] };
    const silent = { ...record, values: { ...expected, nik: 'X' } };
    const result = score([record, spaced, flagged, silent]);
    expect(result.exact).toBeCloseTo(1 - 3 / 56);
    expect(result.loose).toBeCloseTo(1 - 2 / 56);
    expect(result).toMatchObject({ nikExact: 0.5, nikWrong: 0.5, nikWrongUnflagged: 0.25, refused: 0 });
  });

  it('counts a refused card as wrong, and its reason against the defect', () => {
    const refused = { ...record, level: 'extra-hard' as const, defect: 'glare', refused: 'glare' };
    const result = score([refused, { ...refused, refused: 'blurred' }]);
    expect(result).toMatchObject({ exact: 0, refused: 1, rightReason: 0.5 });
    expect(report([record, refused])).toContain('| ocr | extra-hard | 1 |');
  });
});
