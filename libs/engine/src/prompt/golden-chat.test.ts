import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenCheckpoint } from '../testing/golden-checkpoint.js';
import { goldenJson } from '../testing/golden-files.js';
import type { ChatMessage, ContentPart, ToolCall, ToolDefinition } from '../types.js';
import { encodePieces } from './encode-pieces.js';
import { renderConversation } from './render-conversation.js';

const rendered = z.object({ text: z.string(), ids: z.array(z.int()) });
const call = z.object({
  name: z.string(),
  arguments: z.union([z.string().transform((json): unknown => JSON.parse(json)), z.unknown()]),
});
const cases = goldenJson(
  'chat/cases.json',
  z.array(
    z.object({
      name: z.string(),
      messages: z.array(
        z.object({
          role: z.enum(['system', 'user', 'assistant', 'tool']),
          content: z.union([
            z.string(),
            z.array(z.object({ type: z.string(), text: z.string().optional() })),
          ]),
          reasoning_content: z.string().optional(),
          tool_calls: z
            .array(z.union([call, z.object({ function: call }).transform(({ function: inner }) => inner)]))
            .optional(),
        }),
      ),
      tools: z.array(z.custom<ToolDefinition>()).optional(),
      add_generation_prompt: z.boolean(),
      add_vision_id: z.boolean().default(false),
      thinking: rendered,
      instruct: rendered,
    }),
  ),
);
type GoldenMessage = (typeof cases)[number]['messages'][number];

const image = { width: 1, height: 1, data: new Uint8Array(3) };

function toPart({ type, text }: { type: string; text?: string | undefined }): ContentPart {
  if (text !== undefined) return { type: 'text', text };
  if (type === 'video') return { type, video: { frames: [image], frameIndices: [0], fps: 2 } };
  return { type: 'image', image };
}

const toMessage = (message: GoldenMessage): ChatMessage => ({
  role: message.role,
  content: typeof message.content === 'string' ? message.content : message.content.map(toPart),
  reasoningContent: message.reasoning_content,
  toolCalls: message.tool_calls as ToolCall[] | undefined,
});

/** JSON parsing in JavaScript knows one kind of number: a schema's `1.0` is rendered as `1`. */
const knownDifference = (text: string): string => text.replace('"default": 1.0}', '"default": 1}');

describe.each(['thinking', 'instruct'] as const)('the %s template equals the reference', (variant) => {
  const checkpoint = goldenCheckpoint(variant);
  const render = (golden: (typeof cases)[number]) =>
    renderConversation(
      checkpoint,
      { messages: golden.messages.map(toMessage), tools: golden.tools },
      { addGenerationPrompt: golden.add_generation_prompt, addVisionId: golden.add_vision_id },
    );

  it.each(cases)('$name: text', (golden) => {
    const { vocabulary } = checkpoint.tokenizer;
    const text = render(golden)
      .map((piece) => (typeof piece === 'number' ? vocabulary.addedToken(piece)?.content : piece))
      .join('');
    expect(text).toBe(knownDifference(golden[variant].text));
  });

  it.each(cases)('$name: ids', (golden) => {
    const ids = [...encodePieces(render(golden), checkpoint.tokenizer).ids];
    if (golden.name === 'special_tokens_in_user_text') {
      // The reference lets a user forge tokens; here the same text is ordinary text.
      expect(ids).not.toEqual(golden[variant].ids);
      const own = ids.filter((id) => checkpoint.tokenizer.vocabulary.addedToken(id));
      expect(own).toEqual(
        variant === 'thinking' ? [151644, 151645, 151644, 151667] : [151644, 151645, 151644],
      );
    } else if (golden[variant].text === knownDifference(golden[variant].text)) {
      expect(ids).toEqual(golden[variant].ids);
    } else {
      expect(ids).toEqual(checkpoint.tokenizer.encode(knownDifference(golden[variant].text)));
    }
  });
});
