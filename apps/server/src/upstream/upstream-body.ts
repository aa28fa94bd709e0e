import type * as engine from '@qwenvl/engine';
import sharp from 'sharp';

// Many engines keep seeds in 32 bits.
const seedBound = 2 ** 31;

/** A chat as an OpenAI-compatible engine takes it; media go as PNG, decoded and checked here before. */
export async function chatBody(model: string, request: engine.GenerateRequest) {
  const { tools, constraint, thinkingBudget } = request;
  return {
    ...commonBody(model, request),
    messages: await Promise.all(withCallIds(request.messages).map(toMessage)),
    tools,
    logprobs: request.topLogprobs === undefined ? undefined : true,
    top_logprobs: request.topLogprobs,
    thinking_budget: thinkingBudget,
    ...constraintFields(constraint),
  };
}

/** A plain completion. */
export function completionBody(model: string, request: engine.CompletionRequest): object {
  return { ...commonBody(model, request), prompt: request.prompt, logprobs: request.topLogprobs };
}

function commonBody(model: string, request: Omit<engine.GenerateRequest, 'messages'>) {
  const { sampling = {}, maxTokens, stop } = request;
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: maxTokens,
    stop: stop === undefined || stop.length === 0 ? undefined : stop,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    repetition_penalty: sampling.repetitionPenalty,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    logit_bias: sampling.logitBias,
    seed: sampling.seed === undefined ? undefined : sampling.seed % seedBound,
  };
}

function constraintFields(constraint: engine.OutputConstraint | undefined): object {
  switch (constraint?.type) {
    case undefined:
      return {};
    case 'json-object':
      return { response_format: { type: 'json_object' } };
    case 'json-schema':
      return {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'answer', schema: constraint.schema, strict: true },
        },
      };
    case 'choice':
      return { structured_outputs: { choice: constraint.choices } };
    case 'grammar':
      return { structured_outputs: { grammar: constraint.grammar } };
    case 'tool-call': {
      const [only, ...others] = constraint.tools;
      const named = { type: 'function', function: { name: only?.name } };
      return { tool_choice: others.length === 0 ? named : 'required' };
    }
  }
}

interface NumberedMessage {
  readonly message: engine.ChatMessage;
  /** Of the calls of an assistant's turn, or of the one call that a tool's turn answers. */
  readonly callIds: readonly string[];
}

/** Messages do not say which call a result belongs to; results come in the order of the calls. */
function withCallIds(messages: readonly engine.ChatMessage[]): NumberedMessage[] {
  const open: string[] = [];
  return messages.map((message, at) => {
    if (message.role === 'tool') return { message, callIds: [open.shift() ?? `call_${at}`] };
    const callIds = (message.toolCalls ?? []).map((_, index) => `call_${at}_${index}`);
    if (callIds.length > 0) open.splice(0, open.length, ...callIds);
    return { message, callIds };
  });
}

async function toMessage({ message, callIds }: NumberedMessage): Promise<object> {
  const { role, content, reasoningContent, toolCalls = [] } = message;
  const calls = toolCalls.map((call, index) => ({
    id: callIds[index],
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  return {
    role,
    content: typeof content === 'string' ? content : (await Promise.all(content.map(toParts))).flat(),
    reasoning_content: reasoningContent,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(role === 'tool' ? { tool_call_id: callIds[0] } : {}),
  };
}

async function toParts(part: engine.ContentPart): Promise<object[]> {
  if (part.type === 'text') return [part];
  // A video's bounds are those of all its frames together, which only the engine here knows how to share out.
  if (part.type === 'image') return [await toImageUrl(part.image, part.maxPixels)];
  return Promise.all(part.video.frames.map((frame) => toImageUrl(frame)));
}

async function toImageUrl({ width, height, data }: engine.RgbImage, maxPixels = Infinity): Promise<object> {
  const shrink = Math.min(1, Math.sqrt(maxPixels / (width * height)));
  const scaled = (side: number): number => Math.max(1, Math.floor(side * shrink));
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(scaled(width), scaled(height), { fit: 'fill' })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } };
}
