import type { ChatRequest } from '@qwenvl/openai';

/** Most tokens of reasoning for each effort; absent: no limit. */
const budgets: Readonly<Record<string, number>> = { none: 0, minimal: 256, low: 1024, medium: 4096 };

/** Most tokens of reasoning that a request allows; undefined: no limit. */
export function thinkingBudget(request: ChatRequest): number | undefined {
  const { reasoning_effort: effort, thinking_budget: budget } = request;
  return budget ?? (effort === undefined ? undefined : budgets[effort]);
}
