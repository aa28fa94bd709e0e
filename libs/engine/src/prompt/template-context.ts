import type { ChatMessage, ContentPart } from '../types.js';
import type { Conversation } from './conversation.js';
import type { TextGuard } from './text-guard.js';

/** What chat templates can be asked for. */
export interface TemplateOptions {
  /** Ends the prompt where the model's answer begins. */
  readonly addGenerationPrompt: boolean;
  /** Counts media: `Picture N: `, `Video N: `. */
  readonly addVisionId: boolean;
}

/** A conversation as chat templates expect it, with every text of a user guarded. */
export function templateContext(
  { messages, tools }: Conversation,
  guard: TextGuard,
  options: TemplateOptions,
): Record<string, unknown> {
  return {
    messages: messages.map((message) => templateMessage(message, guard)),
    tools: tools && tools.length > 0 ? guard.protectValue(tools) : undefined,
    add_generation_prompt: options.addGenerationPrompt,
    add_vision_id: options.addVisionId,
  };
}

function templateMessage(message: ChatMessage, guard: TextGuard): Record<string, unknown> {
  const { role, content, reasoningContent, toolCalls } = message;
  const text = (value: string): string =>
    role === 'assistant' ? guard.protectAnswer(value) : guard.protect(value);
  return {
    role,
    content: typeof content === 'string' ? text(content) : content.map((part) => templatePart(part, text)),
    ...(reasoningContent !== undefined && { reasoning_content: guard.protect(reasoningContent) }),
    ...(toolCalls &&
      toolCalls.length > 0 && {
        tool_calls: toolCalls.map((call) => ({ type: 'function', function: guard.protectValue(call) })),
      }),
  };
}

function templatePart(part: ContentPart, text: (value: string) => string): Record<string, unknown> {
  return part.type === 'text' ? { type: 'text', text: text(part.text) } : { type: part.type };
}
