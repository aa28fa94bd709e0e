import type { VisionModel } from '@qwenvl/ktp';
import type { LoadedModel } from '../model/model-host.js';

/** A card's fields in JSON are far shorter; what runs on is cut off here. */
const MAX_TOKENS = 2048;
/**
 * Pixels of a picture that the model is shown at most, some 1300 tokens: a photo of 12 megapixels would be 12,000, and
 * attention over its patches grows with their square.
 */
const MAX_PIXELS = 1_310_720;
const REASONING_END = '</think>';

/**
 * The loaded model as the card reader's port: greedy, its answer held to the schema.
 *
 * @param thinkingBudget tokens that a reasoning model may think before it answers; default: none
 */
export function engineVisionModel(
  ready: (signal?: AbortSignal) => Promise<LoadedModel>,
  thinkingBudget = 0,
): VisionModel {
  return {
    async ask({ image, prompt, schema, prediction, signal }) {
      const { engine, profile } = await ready(signal);
      const events = engine.generate({
        messages: [
          {
            role: 'user',
            content: [
              // The engine takes the pixels over; the caller's stay its own.
              {
                type: 'image',
                image: { ...image, data: new Uint8Array(image.data) },
                maxPixels: Math.min(MAX_PIXELS, profile.maxImagePixels ?? Infinity),
              },
              { type: 'text', text: prompt },
            ],
          },
        ],
        constraint: { type: 'json-schema', schema: { ...schema } },
        sampling: { temperature: 0 },
        prediction,
        maxTokens: MAX_TOKENS,
        ...(profile.startsInReasoning ? { thinkingBudget } : {}),
        signal,
      });
      let text = '';
      for await (const event of events) {
        if (event.type === 'token' || event.type === 'finish') text += event.text;
      }
      signal?.throwIfAborted();
      const end = text.lastIndexOf(REASONING_END);
      return end < 0 ? text : text.slice(end + REASONING_END.length);
    },
  };
}
