import { describe, expect, it } from 'vitest';
import type { Sample } from './samples.js';
import { scoreTable } from './score-table.js';
import { cardFields, finalAnswer, scoreByKind } from './scoring.js';

const sample = (id: string, kind: string, expected: string): Sample => ({
  id,
  skill: kind === 'card' ? 'card' : 'chat',
  kind,
  before: [],
  images: [],
  question: '',
  expected,
});

describe('scoring', () => {
  it('compares what follows the thought', () => {
    expect(finalAnswer('1 + 2 = 3.\n</think>\n\nThree.')).toBe('Three.');
    expect(finalAnswer(' no thought ')).toBe('no thought');
  });

  it('reads the fields of a card and none of other texts', () => {
    expect([...cardFields('{"nik": "1", "alamat": {"name": "JL A"}}')]).toEqual([
      ['nik', '1'],
      ['alamat.name', 'JL A'],
    ]);
    expect(cardFields('{"nik": 1}').size).toBe(0);
    expect(cardFields('I see no card.').size).toBe(0);
  });

  it('scores each kind by itself, and cards by field', () => {
    const samples = [
      sample('a', 'add', '3'),
      sample('b', 'add', '4'),
      sample('c', 'card', '{"nik":"1","nama":"A"}'),
    ];
    const scores = scoreByKind(samples, { a: 'x</think>3', b: '5', c: '{"nik":"2","nama":"A"}' });
    expect(scores.get('add')).toEqual({ samples: 2, exact: 0.5 });
    expect(scores.get('card')).toEqual({ samples: 1, exact: 0, fields: 0.5, nik: 0 });
    expect(scoreTable(new Map([['fp32', scores]]))).toContain('| card | 1 | fields 50.0 %, NIK 0.0 % |');
  });

  it('counts a missing answer as wrong', () => {
    expect(scoreByKind([sample('a', 'add', '3')], {}).get('add')?.exact).toBe(0);
  });
});
