import type { Engine } from '@qwenvl/engine';
import type { RgbImage } from '@qwenvl/ktp';

/** A question about one picture. */
export interface EngineQuestion {
  readonly image: RgbImage;
  readonly prompt: string;
  readonly maxTokens: number;
  /** JSON schema that the answer is held to. Default: none. */
  readonly schema?: Readonly<Record<string, unknown>> | undefined;
  /** Tokens that a reasoning model may think before a held answer. */
  readonly thinkingBudget?: number | undefined;
}

/** What the model wrote, its thought included. */
export interface EngineAnswer {
  readonly text: string;
  readonly tokens: number;
  /** From the first token to the last: the prompt is left out. */
  readonly milliseconds: number;
}

/** Asks the engine, greedily. */
export async function askEngine(engine: Engine, question: EngineQuestion): Promise<EngineAnswer> {
  const { image, prompt, maxTokens, schema, thinkingBudget } = question;
  const content = [
    // The engine takes the pixels over; the next question may need them too.
    { type: 'image', image: { ...image, data: image.data.slice() } },
    { type: 'text', text: prompt },
  ] as const;
  let text = '';
  let tokens = 0;
  let first = 0;
  for await (const event of engine.generate({
    messages: [{ role: 'user', content }],
    sampling: { temperature: 0 },
    maxTokens,
    ...(schema ? { constraint: { type: 'json-schema', schema: { ...schema } } } : {}),
    ...(schema && engine.info.thinking ? { thinkingBudget } : {}),
  })) {
    if (event.type === 'start') continue;
    text += event.text;
    if (event.type === 'token') {
      tokens++;
      first ||= performance.now();
    }
  }
  return { text, tokens, milliseconds: performance.now() - first };
}
