import { expect, it } from 'vitest';
import { formatComment, formatEvent, formatRetry } from './sse.js';

it('formats events, comments and the time to reconnect', () => {
  expect(formatEvent('{}', 's:1')).toBe('id: s:1\ndata: {}\n\n');
  expect(formatEvent('[DONE]')).toBe('data: [DONE]\n\n');
  expect(formatEvent('a\nb\r\nc\rd')).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n');
  expect(formatComment('ping')).toBe(': ping\n\n');
  expect(formatRetry(1000.4)).toBe('retry: 1000\n\n');
});
