import type * as engine from '@qwenvl/engine';
import { type ChatRequest, unsupportedParameter } from '@qwenvl/openai';
import type { ModelProfile } from '../model/model-host.js';
import { toOutputConstraint } from './output-constraint.js';
import { thinkingBudget } from './thinking-budget.js';
import { toSampling } from './to-sampling.js';

/** The settings that fill in what a request leaves open. */
export interface ChatDefaults {
  readonly maxTokens: number;
  readonly temperature?: number | undefined;
  readonly overflow: 'drop-oldest' | 'error';
}

/** An end tag as a stop string ends the answer after its first call. */
const FIRST_CALL_ONLY = '</tool_call>';

/**
 * Refuses what the loaded model cannot honour.
 *
 * @throws ApiError 400 that names the parameter.
 */
export function checkAgainstModel(request: ChatRequest, model: ModelProfile): void {
  const { reasoning_effort: effort, thinking_budget: budget } = request;
  if (!model.startsInReasoning && effort !== undefined && effort !== 'none')
    throw unsupportedParameter('reasoning_effort', `${model.id} does not reason.`);
  if (!model.startsInReasoning && budget !== undefined && budget > 0)
    throw unsupportedParameter('thinking_budget', `${model.id} does not reason.`);
}

/** The tools that the model gets to see. */
export function offeredTools(request: ChatRequest): NonNullable<ChatRequest['tools']> {
  return request.tool_choice === 'none' ? [] : (request.tools ?? []);
}

/**
 * Everything of an engine request that does not change between the choices of one request.
 *
 * @throws ApiError 400 for an output form that cannot be honoured.
 */
export function toEngineRequest(
  request: ChatRequest,
  defaults: ChatDefaults,
): Omit<engine.GenerateRequest, 'messages'> {
  const tools = offeredTools(request);
  const firstCallOnly = tools.length > 0 && request.parallel_tool_calls === false;
  return {
    tools: tools.length === 0 ? undefined : tools.map(toToolDefinition),
    sampling: toSampling(request, defaults),
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? defaults.maxTokens,
    stop: [...(request.stop ?? []), ...(firstCallOnly ? [FIRST_CALL_ONLY] : [])],
    topLogprobs: request.logprobs === true ? (request.top_logprobs ?? 0) : undefined,
    overflow: defaults.overflow,
    constraint: toOutputConstraint(request),
    thinkingBudget: thinkingBudget(request),
    prediction: request.prediction,
  };
}

/** A tool as the chat template shows it. */
export function toToolDefinition({
  name,
  description,
  parameters,
}: NonNullable<ChatRequest['tools']>[number]) {
  return { type: 'function' as const, function: { name, description, parameters } };
}
