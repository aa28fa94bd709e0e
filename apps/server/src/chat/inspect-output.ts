import { type ChatCompletionChunk, ChatCompletionCollector } from '@qwenvl/openai';
import type { CheckOutput } from './check-output.js';
import type { ChoiceStepsOptions } from './choice-steps.js';

/** Lets `check` look at the content of each choice that came to its own end. */
export function inspectOutput(
  check: CheckOutput | undefined,
): ChoiceStepsOptions<ChatCompletionChunk>['inspect'] {
  if (check === undefined) return undefined;
  const whole = new ChatCompletionCollector();
  return (choice, event, chunks) => {
    for (const chunk of chunks) whole.add(chunk);
    if (event.type === 'finish' && event.reason === 'stop') check(whole.contentOf(choice));
  };
}
