import { describe, expect, it } from 'vitest';
import { sharedRate } from './shared-rate.js';

describe('sharedRate', () => {
  it('counts tokens of all answers from the last to begin to the first to end', () => {
    const early = { first: 100, steps: [10, 10, 20, 20, 20] };
    const late = { first: 119, steps: [20, 20, 23, 10, 10] };
    // From 119 to 180: three steps of both, the last of which arrive one after the other.
    expect(sharedRate([early, late])).toBeCloseTo(6000 / 61);
  });

  it('is that of the answer itself where there is one', () => {
    expect(sharedRate([{ first: 70, steps: [50, 50] }])).toBe(20);
  });
});
