import { describe, expect, it } from 'vitest';

import { pictureWarnings, refusal, type ReadingSummary } from './judge.js';
import type { PictureMeasures } from './measure.js';

const good: PictureMeasures = {
  paper: 200,
  sharpness: 0.8,
  burnt: 0,
  colour: 40,
  cardWidth: 900,
  outside: 0,
};
const read: ReadingSummary = {
  posed: true,
  fieldsRead: 14,
  fieldsExpected: 14,
  nikCertain: true,
  lineHeight: 28,
  evidence: 0,
};
const unplaced: ReadingSummary = { ...read, posed: false, fieldsRead: 0, nikCertain: false };
const nowhere = { cardWidth: undefined, outside: undefined };

describe('refusal', () => {
  it.each<[string | undefined, Partial<PictureMeasures>, Partial<ReadingSummary>]>([
    [undefined, {}, {}],
    ['too_dark', { paper: 20 }, {}],
    ['too_small', { cardWidth: 400 }, {}],
    ['cropped', { outside: 0.2 }, {}],
    ['blurred', { sharpness: 0.2 }, { nikCertain: false }],
    [undefined, { sharpness: 0.2 }, {}],
    ['glare', { burnt: 0.05 }, { fieldsRead: 11 }],
    ['glare', { burnt: 0.2, cardWidth: 300 }, { fieldsRead: 11 }],
    [undefined, { burnt: 0.05 }, {}],
    ['glare', { burnt: 0.2 }, {}],
    [undefined, {}, { fieldsRead: 12 }],
  ])('is %s for a placed card with %j and %j', (reason, picture, reading) => {
    expect(refusal({ ...good, ...picture }, { ...read, ...reading })).toBe(reason);
  });

  it.each<[string, Partial<PictureMeasures>, Partial<ReadingSummary>]>([
    ['not_a_ktp', {}, {}],
    ['not_a_ktp', {}, { lineHeight: 0 }],
    ['blurred', { sharpness: 0.2 }, {}],
    ['too_small', {}, { lineHeight: 9 }],
    ['cropped', {}, { evidence: 4 }],
    ['glare', { burnt: 0.05 }, { evidence: 4 }],
    ['glare', { burnt: 0.2 }, { evidence: 1 }],
    ['too_dark', { paper: 10, sharpness: 0.1 }, {}],
  ])('is %s for a picture without a place with %j and %j', (reason, picture, reading) => {
    expect(refusal({ ...good, ...nowhere, ...picture }, { ...unplaced, ...reading })).toBe(reason);
  });
});

describe('pictureWarnings', () => {
  it('says nothing about a good picture', () => {
    expect(pictureWarnings(good)).toEqual([]);
  });

  it('names everything that could be better', () => {
    const poor = { ...good, paper: 60, sharpness: 0.3, burnt: 0.1, colour: 2, outside: 0.04 };
    expect(pictureWarnings(poor).map(({ code }) => code)).toEqual([
      'photocopy',
      'blurred',
      'glare',
      'too_dark',
      'cropped',
    ]);
  });
});
