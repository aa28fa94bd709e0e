import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integersWithin, numbersWithin, type NumberBounds } from './number-ranges.js';
import { accepts } from './testing/accepts.js';

function isWithin(value: number, bounds: NumberBounds): boolean {
  const { minimum = -Infinity, maximum = Infinity } = bounds;
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = bounds;
  return value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum;
}

const names = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;
const small = fc.integer({ min: -1200, max: 1200 });
const someBounds = fc.record(
  { minimum: small, maximum: small, exclusiveMinimum: small, exclusiveMaximum: small },
  { requiredKeys: [] },
);

describe('integers', () => {
  it('are exactly those within the bounds', () => {
    fc.assert(
      fc.property(someBounds, small, fc.constantFrom(...names), (bounds, other, name) => {
        const root = integersWithin(bounds);
        for (const value of [
          other,
          (bounds[name] ?? 0) + 1,
          bounds[name] ?? 0,
          (bounds[name] ?? 0) - 1,
          99_999,
        ])
          expect([value, accepts(root, String(value))]).toEqual([value, isWithin(value, bounds)]);
      }),
    );
  });

  it('have bounds that need not be whole', () => {
    const root = integersWithin({ minimum: 0.5, exclusiveMaximum: 3 });
    expect(['0', '1', '2', '3', '01', '1.0'].map((text) => accepts(root, text))).toEqual([
      ...[false, true, true, false],
      ...[false, false],
    ]);
  });
});

describe('numbers', () => {
  const text = fc.tuple(small, fc.constantFrom('', '.0', '.000000', '.5', '.000001', '.999999'));
  it('are within the bounds, and none within them is missing', () => {
    fc.assert(
      fc.property(someBounds, text, (bounds, [whole, fraction]) => {
        const root = numbersWithin(bounds);
        if (root === undefined) throw new Error('bounds that can be honoured');
        const written = `${whole}${fraction}`;
        expect([written, accepts(root, written)]).toEqual([written, isWithin(Number(written), bounds)]);
      }),
      { numRuns: 1000 },
    );
  });

  it('need whole bounds', () => {
    expect(numbersWithin({ minimum: 0.5 })).toBeUndefined();
    expect(numbersWithin({ maximum: 1e12 })).toBeUndefined();
  });
});
