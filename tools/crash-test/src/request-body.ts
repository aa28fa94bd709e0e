import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nanoCheckpointPath } from '@qwenvl/nano';
import { z } from 'zod';

/** Free text, or an answer that a schema forces token by token. */
export const answerKinds = ['text', 'structured'] as const;
export type AnswerKind = (typeof answerKinds)[number];

const generationConfig = z.object({ eos_token_id: z.array(z.int()) });

/** Never chosen, so that the answer is as long as it was asked to be. */
const logitBias = Object.fromEntries(
  generationConfig
    .parse(JSON.parse(readFileSync(join(nanoCheckpointPath, 'generation_config.json'), 'utf8')))
    .eos_token_id.map((id) => [String(id), -100]),
);

/** Most of its tokens can only be what they are; each choice is followed by forced ones. */
const schema = {
  type: 'object',
  properties: Object.fromEntries(
    ['north_island', 'west_island', 'east_island', 'south_island'].map((name) => [
      name,
      { type: 'object', properties: place(), required: Object.keys(place()) },
    ]),
  ),
  required: ['north_island', 'west_island', 'east_island', 'south_island'],
};

function place() {
  return {
    largest_river: { enum: ['the long river in the east', 'the wide river in the west'] },
    number_of_harbours: { type: 'integer', minimum: 0, maximum: 99 },
  };
}

/** A streamed request whose answer is the same every time, by seeded sampling. */
export function requestBody(kind: AnswerKind, sessionId: string, maxTokens: number): Record<string, unknown> {
  const form =
    kind === 'text'
      ? { max_tokens: maxTokens, logit_bias: logitBias }
      : {
          max_tokens: 1000,
          reasoning_effort: 'none',
          response_format: { type: 'json_schema', json_schema: { name: 'islands', schema } },
        };
  return {
    model: 'default',
    messages: [{ role: 'user', content: 'Tell me about the sea, the rivers and the islands.' }],
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.9,
    seed: 20_261_122,
    session_id: sessionId,
    ...form,
  };
}
