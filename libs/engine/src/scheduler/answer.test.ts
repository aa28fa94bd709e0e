import { expect, test } from 'vitest';
import type { TokenBytes } from '../text/detokenizer.js';
import { Answer, type AnswerLimits } from './answer.js';

const encoder = new TextEncoder();
const pieces = ['Ha', 'lo', '!', '', '\u00e9'];
const eos = 3;
const firstHalf = 5;

const tokens: TokenBytes = {
  bytes: (id) =>
    id === firstHalf ? encoder.encode('\u00e9').subarray(0, 1) : encoder.encode(pieces[id] ?? ''),
  isSpecial: (id) => id === eos,
};

const answer = (more: Partial<AnswerLimits> = {}): Answer =>
  new Answer(tokens, { eosIds: new Set([eos]), stop: [], maxTokens: 10, ...more });

test('an end token ends the answer and is counted', () => {
  const chat = answer();
  expect(chat.add({ id: 0 })).toEqual({ type: 'token', index: 0, id: 0, text: 'Ha' });
  expect(chat.ended).toBe(false);
  expect(chat.add({ id: eos })).toEqual({ type: 'token', index: 1, id: eos, text: '' });
  expect(chat.ended).toBe(true);
  const usage = { promptTokens: 4, completionTokens: 2, cachedTokens: 0 };
  expect(chat.finish(4, 0)).toEqual({ type: 'finish', reason: 'stop', text: '', usage });
});

test('the last token allowed ends the answer, unless it ends it anyway', () => {
  const chat = answer({ maxTokens: 1 });
  chat.add({ id: 0 });
  expect(chat.finish(1, 0)).toMatchObject({ reason: 'length' });
  const ended = answer({ maxTokens: 1 });
  ended.add({ id: eos });
  expect(ended.finish(1, 0)).toMatchObject({ reason: 'stop' });
});

test('a stop string that never completed, and half a character, are given at the end', () => {
  const chat = answer({ stop: ['lo?'] });
  expect(chat.add({ id: 1 }).text).toBe('');
  chat.add({ id: firstHalf });
  expect(chat.finish(1, 0)).toMatchObject({ reason: 'cancelled', text: 'lo\ufffd' });
});

test('a stop string across tokens ends the answer before it', () => {
  const chat = answer({ stop: ['alo'] });
  expect(chat.add({ id: 0 }).text).toBe('H');
  expect(chat.add({ id: 1 }).text).toBe('');
  expect(chat.finish(1, 0)).toMatchObject({ reason: 'stop', stopString: 'alo', text: '' });
});

test('log probabilities tell a token in text and bytes', () => {
  const event = answer().add({
    id: firstHalf,
    logprob: { id: firstHalf, logprob: -1, top: [{ id: 0, logprob: -2 }] },
  });
  expect(event.logprob).toEqual({
    id: firstHalf,
    text: '\ufffd',
    bytes: [0xc3],
    logprob: -1,
    top: [{ id: 0, text: 'Ha', bytes: [72, 97], logprob: -2 }],
  });
});
