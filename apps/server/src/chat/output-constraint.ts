import { EngineError, type OutputConstraint, parseOutputConstraint } from '@qwenvl/engine';
import { type ChatRequest, invalidRequest, unsupportedParameter } from '@qwenvl/openai';

/**
 * What the request holds its answer to; undefined for most.
 *
 * @throws ApiError 400 that names the parameter and, of a schema, the keyword that cannot be honoured.
 */
export function toOutputConstraint(request: ChatRequest): OutputConstraint | undefined {
  const wanted = wantedConstraint(request);
  if (wanted === undefined) return undefined;
  try {
    return parseOutputConstraint(wanted.constraint);
  } catch (error) {
    if (!EngineError.isInstance(error)) throw error;
    throw invalidRequest(`Invalid value for '${wanted.param}': ${error.message}`, wanted.param);
  }
}

interface Wanted {
  readonly param: string;
  readonly constraint: OutputConstraint;
}

function wantedConstraint(request: ChatRequest): Wanted | undefined {
  const forced = forcedCall(request);
  const format = formatConstraint(request);
  const mayCall = (request.tools ?? []).length > 0 && request.tool_choice !== 'none';
  if (format !== undefined && mayCall) {
    throw unsupportedParameter(
      format.param,
      "it cannot be combined with tools unless tool_choice is 'none'.",
    );
  }
  return forced ?? format;
}

function forcedCall({ tools = [], tool_choice: choice }: ChatRequest): Wanted | undefined {
  const isForced = choice === 'required' || typeof choice === 'object';
  const strict = tools.findIndex((tool) => tool.strict);
  if (!isForced) {
    if (strict >= 0 && choice !== 'none') {
      const param = `tools[${strict}].function.strict`;
      throw unsupportedParameter(param, "strict arguments need tool_choice 'required' or a named function.");
    }
    return undefined;
  }
  const offered = typeof choice === 'object' ? tools.filter((tool) => tool.name === choice.name) : tools;
  const calls = offered.map(({ name, parameters }) => ({ name, parameters }));
  return { param: 'tools', constraint: { type: 'tool-call', tools: calls } };
}

function formatConstraint({
  response_format: format,
  structured_outputs: structured,
}: ChatRequest): Wanted | undefined {
  if (structured !== undefined) {
    const param = 'structured_outputs';
    if ('choice' in structured) return { param, constraint: { type: 'choice', choices: structured.choice } };
    return { param, constraint: { type: 'grammar', grammar: structured.grammar } };
  }
  if (format?.type === 'json_object')
    return { param: 'response_format', constraint: { type: 'json-object' } };
  if (format?.type !== 'json_schema') return undefined;
  const schema = format.json_schema.schema ?? { type: 'object' };
  return { param: 'response_format.json_schema.schema', constraint: { type: 'json-schema', schema } };
}
