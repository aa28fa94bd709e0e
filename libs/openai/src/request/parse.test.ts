import { describe, expect, it } from 'vitest';
import { ApiError } from '../api-error.js';
import { parseChatRequest } from './parse.js';

const model = 'nano';
const user = { role: 'user', content: 'hi' };

function refusal(body: unknown): { param: string | undefined; code: string; message: string } {
  try {
    parseChatRequest(body);
  } catch (error) {
    if (ApiError.isInstance(error) && error.status === 400)
      return { param: error.param, code: error.code, message: error.message };
    throw error;
  }
  throw new Error('The request was accepted.');
}

function withPart(part: unknown) {
  return { model, messages: [{ role: 'user', content: [part] }] };
}

function parsedPart(part: unknown): unknown {
  const content = parseChatRequest(withPart(part)).messages[0]?.content;
  return typeof content === 'string' ? content : content?.[0];
}

describe('parseChatRequest', () => {
  it('takes null for absent', () => {
    const request = parseChatRequest({
      model,
      messages: [user],
      temperature: null,
      tools: null,
      audio: null,
    });
    expect(request.temperature).toBeUndefined();
    expect(request.tools).toBeUndefined();
  });

  it('makes one stop string a list', () => {
    expect(parseChatRequest({ model, messages: [user], stop: 'END' }).stop).toEqual(['END']);
  });

  it.each([
    ['a body that is no object', [], undefined],
    ['no model', { messages: [user] }, 'model'],
    ['no messages', { model }, 'messages'],
    ['an empty conversation', { model, messages: [] }, 'messages'],
    ['an unknown role', { model, messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    ['a missing role', { model, messages: [{ content: 'x' }] }, 'messages[0].role'],
    ['content of a wrong type', { model, messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    ['an unknown parameter', { model, messages: [user], frobnicate: 1 }, 'frobnicate'],
    ['an unknown field in a message', { model, messages: [{ ...user, mood: 1 }] }, 'messages[0].mood'],
    ['a part of unknown type', withPart({ type: 'smell' }), 'messages[0].content[0].type'],
    ['a part without its text', withPart({ type: 'text' }), 'messages[0].content[0].text'],
    [
      'an unknown field in a part',
      withPart({ type: 'image_url', image_url: { url: 'x', zoom: 2 } }),
      'messages[0].content[0].image_url.zoom',
    ],
    [
      'a part with two sources',
      withPart({ type: 'input_image', image: 'a', data: 'b' }),
      'messages[0].content[0]',
    ],
    ['too hot', { model, messages: [user], temperature: 3 }, 'temperature'],
    ['a bad logit bias key', { model, messages: [user], logit_bias: { a: 1 } }, 'logit_bias.a'],
    [
      'usage without stream',
      { model, messages: [user], stream_options: { include_usage: true } },
      'stream_options',
    ],
    ['tool choice without tools', { model, messages: [user], tool_choice: 'auto' }, 'tool_choice'],
    ['top_logprobs without logprobs', { model, messages: [user], top_logprobs: 2 }, 'top_logprobs'],
    [
      'two different limits',
      { model, messages: [user], max_tokens: 1, max_completion_tokens: 2 },
      'max_tokens',
    ],
    ['a bad session id', { model, messages: [user], session_id: '../x' }, 'session_id'],
    [
      'a tool result that answers nothing',
      { model, messages: [user, { role: 'tool', tool_call_id: 'a', content: 'x' }] },
      'messages[1].tool_call_id',
    ],
    [
      'tool-call arguments that are no JSON',
      {
        model,
        messages: [
          user,
          {
            role: 'assistant',
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{' } }],
          },
        ],
      },
      'messages[1].tool_calls[0].function.arguments',
    ],
  ])('refuses %s and names the field', (_name, body, param) => {
    expect(refusal(body).param).toBe(param);
  });

  it.each([
    ['store', true],
    ['audio', { voice: 'x' }],
    ['web_search_options', {}],
    ['functions', []],
    ['service_tier', 'priority'],
    ['prompt_cache_key', 'k'],
  ])('refuses %s as unsupported instead of ignoring it', (field, value) => {
    expect(refusal({ model, messages: [user], [field]: value })).toMatchObject({
      param: field,
      code: 'unsupported_parameter',
    });
  });

  it('takes a predicted output as one text', () => {
    const predicted = (content: unknown) =>
      parseChatRequest({ model, messages: [user], prediction: { type: 'content', content } }).prediction;
    expect(predicted('a b')).toBe('a b');
    const parts = ['a', ' b'].map((text) => ({ type: 'text', text }));
    expect(predicted(parts)).toBe('a b');
    const long = { type: 'content', content: 'x'.repeat(200_001) };
    expect(refusal({ model, messages: [user], prediction: long }).param).toBe('prediction.content');
  });

  it('says what is missing', () => {
    expect(refusal({ model })).toMatchObject({
      code: 'missing_required_parameter',
      message: "Missing required parameter: 'messages'.",
    });
  });

  it.each([
    [{ type: 'image_url', image_url: 'u' }, { source: 'u' }],
    [
      { type: 'image_url', image_url: { url: 'u', detail: 'low' } },
      { source: 'u', detail: 'low' },
    ],
    [
      { type: 'image_url', image_url: { url: 'u' }, min_pixels: 4, max_pixels: 9 },
      { minPixels: 4, maxPixels: 9 },
    ],
    [{ type: 'input_image', image_url: 'u' }, { source: 'u' }],
    [
      { type: 'input_image', image_url: { url: 'u' }, detail: 'high' },
      { source: 'u', detail: 'high' },
    ],
    [{ type: 'input_image', b64_json: 'QUJD' }, { source: 'QUJD' }],
    [{ type: 'input_image', input_image: { data: 'QUJD' } }, { source: 'QUJD' }],
    [{ type: 'image', image: 'u' }, { source: 'u' }],
  ])('understands the image part %j', (part, expected) => {
    expect(parsedPart(part)).toMatchObject({ type: 'image', ...expected });
  });

  it.each([
    [
      { type: 'video_url', video_url: { url: 'u', fps: 1 } },
      { source: 'u', fps: 1 },
    ],
    [
      { type: 'video_url', video_url: 'u', num_frames: 4 },
      { source: 'u', numFrames: 4 },
    ],
    [{ type: 'input_video', video_url: 'u' }, { source: 'u' }],
    [
      { type: 'input_video', input_video: { frames: ['a', 'b'], fps: 2 } },
      { source: { frames: ['a', 'b'] }, fps: 2 },
    ],
    [
      { type: 'video', video: ['a', 'b'], fps: 4 },
      { source: { frames: ['a', 'b'] }, fps: 4 },
    ],
  ])('understands the video part %j', (part, expected) => {
    expect(parsedPart(part)).toMatchObject({ type: 'video', ...expected });
  });

  it('puts tool results into the order of their calls', () => {
    const call = (id: string) => ({ id, type: 'function', function: { name: `f_${id}`, arguments: '{}' } });
    const { messages } = parseChatRequest({
      model,
      messages: [
        user,
        { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
        { role: 'tool', tool_call_id: 'b', content: 'second' },
        { role: 'tool', tool_call_id: 'a', content: 'first', name: 'f_a' },
      ],
    });
    expect(messages.slice(2).map((message) => message.content)).toEqual(['first', 'second']);
  });

  it('reads developer as system', () => {
    const { messages } = parseChatRequest({ model, messages: [{ role: 'developer', content: 'x' }, user] });
    expect(messages[0]?.role).toBe('system');
  });
});
