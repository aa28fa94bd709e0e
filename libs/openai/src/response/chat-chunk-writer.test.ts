import { expect, it } from 'vitest';
import { ChatChunkWriter } from './chat-chunk-writer.js';

const usage = { promptTokens: 5, completionTokens: 2, cachedTokens: 0 };
const endOf = (reason: 'stop' | 'cancelled', includeUsage?: boolean) => {
  const writer = new ChatChunkWriter({ id: 'chatcmpl-1', created: 1, model: 'tiny', includeUsage });
  writer.push(0, { type: 'finish', reason, text: '', usage });
  return writer.end();
};

it('ends with the usage where it was asked for, and always after a cancel', () => {
  expect(endOf('stop')).toEqual([]);
  expect(endOf('stop', true)).toMatchObject([{ choices: [], usage: { total_tokens: 7 } }]);
  expect(endOf('cancelled')).toMatchObject([{ choices: [], usage: { total_tokens: 7 } }]);
});
