import { z } from 'zod';
import { contentPartSchema, textPartSchema } from './content-parts.js';
import { never, optional } from './fields.js';

const content = z.union([z.string(), z.array(contentPartSchema).min(1)]);
const textContent = z.union([z.string(), z.array(textPartSchema).min(1)]);
const noName = never('the chat template has no place for a participant name; put it into the content');

const systemMessage = z
  .strictObject({ role: z.enum(['system', 'developer']), content: textContent, name: noName })
  .transform(({ content }) => ({ role: 'system' as const, content }));

const userMessage = z
  .strictObject({ role: z.literal('user'), content, name: noName })
  .transform(({ content }) => ({ role: 'user' as const, content }));

/** A JSON object as text, parsed; the chat template wants the object. */
const jsonObjectText = z.string().transform((text, context): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    const parsed = z.record(z.string(), z.unknown()).safeParse(value);
    if (parsed.success) return parsed.data;
  } catch {
    // Reported below, with the field's name.
  }
  context.addIssue({ code: 'custom', message: 'must be the text of a JSON object' });
  return z.NEVER;
});

const toolCall = z
  .strictObject({
    id: z.string().min(1),
    type: z.literal('function'),
    index: z.int().optional(),
    function: z.strictObject({ name: z.string().min(1), arguments: jsonObjectText }),
  })
  .transform((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments }));

const assistantMessage = z
  .strictObject({
    role: z.literal('assistant'),
    content: optional(textContent),
    reasoning_content: optional(z.string()),
    reasoning: optional(z.string()),
    tool_calls: optional(z.array(toolCall)),
    name: noName,
    refusal: never('this server makes no refusals; send the text as content'),
    audio: never('audio is not supported'),
    function_call: never('is deprecated; use tool_calls'),
    annotations: z.array(z.never()).nullish(),
  })
  .transform((message) => ({
    role: 'assistant' as const,
    content: message.content ?? '',
    reasoningContent: message.reasoning_content ?? message.reasoning,
    toolCalls: message.tool_calls ?? [],
  }));

const toolMessage = z
  .strictObject({
    role: z.literal('tool'),
    content,
    tool_call_id: z.string().min(1),
    name: optional(z.string()),
  })
  .transform(({ content, tool_call_id, name }) => ({
    role: 'tool' as const,
    content,
    toolCallId: tool_call_id,
    name,
  }));

/** One message in normal form: `developer` is `system`, tool-call arguments are parsed, media parts unified. */
export const messageSchema = z.discriminatedUnion('role', [
  systemMessage,
  userMessage,
  assistantMessage,
  toolMessage,
]);

export type RequestMessage = z.output<typeof messageSchema>;

/** Most messages in one request. */
const MAX_MESSAGES = 4096;

/** All messages; tool results must answer a call of the assistant turn before them, each once. */
export const messagesSchema = z
  .array(messageSchema)
  .min(1)
  .max(MAX_MESSAGES)
  .superRefine((messages, context) => {
    let open = new Map<string, string>();
    messages.forEach((message, index) => {
      if (message.role === 'tool') {
        const name = open.get(message.toolCallId);
        if (name === undefined) {
          context.addIssue({
            code: 'custom',
            path: [index, 'tool_call_id'],
            message: 'answers no tool call of the assistant message before it',
          });
        } else if (message.name !== undefined && message.name !== name) {
          context.addIssue({ code: 'custom', path: [index, 'name'], message: `the call was of '${name}'` });
        }
        open.delete(message.toolCallId);
        return;
      }
      open = new Map(
        message.role === 'assistant' ? message.toolCalls.map((call) => [call.id, call.name]) : [],
      );
    });
  })
  .transform(orderToolResults);

/**
 * The chat template shows tool results without their ids, so their order has to be that of the calls.
 */
function orderToolResults(messages: RequestMessage[]): RequestMessage[] {
  const ordered: RequestMessage[] = [];
  let order = new Map<string, number>();
  let results: (RequestMessage & { role: 'tool' })[] = [];
  const flush = (): void => {
    results.sort((a, b) => (order.get(a.toolCallId) ?? 0) - (order.get(b.toolCallId) ?? 0));
    ordered.push(...results);
    results = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      results.push(message);
      continue;
    }
    flush();
    if (message.role === 'assistant')
      order = new Map(message.toolCalls.map((call, index) => [call.id, index]));
    ordered.push(message);
  }
  flush();
  return ordered;
}
