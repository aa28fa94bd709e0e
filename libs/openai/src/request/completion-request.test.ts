import { describe, expect, it } from 'vitest';
import { parseCompletionRequest } from './parse.js';

const base = { model: 'm', prompt: 'Once' };

describe('a plain completion request', () => {
  it.each([
    ['a text', 'Once', ['Once']],
    ['texts', ['a', 'b'], ['a', 'b']],
    ['token ids', [1, 2], [[1, 2]]],
    ['lists of token ids', [[1], [2, 3]], [[1], [2, 3]]],
  ])('takes %s as its prompt', (_name, prompt, normal) => {
    expect(parseCompletionRequest({ ...base, prompt }).prompt).toEqual(normal);
  });

  it('fills in OpenAI’s default of 16 tokens', () => {
    expect(parseCompletionRequest(base).max_tokens).toBe(16);
  });

  it.each([
    [{ suffix: 'the end' }, 'suffix', 'unsupported_parameter'],
    [{ best_of: 3 }, 'best_of', 'unsupported_parameter'],
    [{ echo: true, logprobs: 1 }, 'echo', 'unsupported_parameter'],
    [{ prompt: '' }, 'prompt', 'invalid_value'],
    [{ prompt: [] }, 'prompt', 'invalid_value'],
    [{ prompt: ['a', 1] }, 'prompt[0]', 'invalid_type'],
    [{ prompt: undefined }, 'prompt', 'invalid_value'],
    [{ logprobs: 21 }, 'logprobs', 'invalid_value'],
    [{ max_tokens: 0 }, 'max_tokens', 'invalid_value'],
    [{ stream_options: { include_usage: true } }, 'stream_options', 'invalid_value'],
    [{ messages: [] }, 'messages', 'unknown_parameter'],
  ])('is refused for %o', (more, param, code) => {
    let error: unknown;
    try {
      parseCompletionRequest({ ...base, ...more });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ status: 400, code });
    expect((error as { param: string }).param.startsWith(param)).toBe(true);
  });

  it('takes values that change nothing', () => {
    const neutral = { suffix: null, best_of: 2, n: 2, echo: false, logprobs: null };
    expect(parseCompletionRequest({ ...base, ...neutral })).toMatchObject({ n: 2, echo: false });
  });
});
