import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import type { Conversation } from './conversation.js';
import type { PromptPiece } from './expand-media.js';
import { templateContext, type TemplateOptions } from './template-context.js';

/**
 * Renders a conversation and cuts it into the template's own added tokens and the text between them, media not
 * expanded. Added tokens that users wrote stay text.
 */
export function renderConversation(
  { template, guard, tokenizer }: Pick<Checkpoint, 'template' | 'guard' | 'tokenizer'>,
  conversation: Conversation,
  options: TemplateOptions,
): PromptPiece[] {
  const rendered = template.render(templateContext(conversation, guard, options));
  return tokenizer.split(rendered).map((piece) => (typeof piece === 'string' ? guard.reveal(piece) : piece));
}
