import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import { preparePrompt } from '../prompt/prepare-prompt.js';

/** True when the chat template opens the reasoning itself, so that an answer begins inside it. */
export function thinksFirst(checkpoint: Checkpoint): boolean {
  const { ids } = preparePrompt(
    checkpoint,
    { messages: [{ role: 'user', content: '' }] },
    { maxPromptTokens: Infinity },
  );
  return checkpoint.tokenizer.decode(ids).trimEnd().endsWith('<think>');
}
