import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import { droppableTurns, withFewestDropped } from '../context/drop-oldest.js';
import { EngineError } from '../errors.js';
import { mropePositions } from '../positions/mrope-positions.js';
import { visualRuns } from '../positions/visual-runs.js';
import { parseConversation, type Conversation } from './conversation.js';
import { planMedia, type ConversationMedia } from './conversation-media.js';
import { encodePieces } from './encode-pieces.js';
import { expandMedia } from './expand-media.js';
import type { PrepareOptions } from './prepare-options.js';
import type { PreparedPrompt, TokenSpan } from './prepared-prompt.js';
import { renderConversation } from './render-conversation.js';

/** Longest prompt text that is tokenised at all, in UTF-16 units: 16 for each token of the longest context, 262,144. */
export const maxPromptLength = 4_194_304;

/**
 * Turns a conversation into what the decoder takes: chat template, tokens with media expanded, positions. Pixels are
 * resized and cut later, by `PreparedMedia.patches`. Text of users can never become a special token.
 *
 * @throws {EngineError} `invalid-request`, `invalid-image`, `invalid-video`, `media-not-rendered`, or
 *   `context-overflow`: the prompt does not fit, even without the turns that may be dropped
 */
export function preparePrompt(
  checkpoint: Checkpoint,
  conversation: Conversation,
  options: PrepareOptions,
): PreparedPrompt {
  const { messages, tools } = parseConversation(conversation);
  const mediaOf = planMedia(messages, checkpoint);
  const turns = options.overflow === 'error' ? [] : droppableTurns(messages);
  let shortest = Infinity;
  const prompt = withFewestDropped(turns.length, (count) => {
    const dropped = new Set(turns.slice(0, count).flat());
    const kept = messages.filter((_, index) => !dropped.has(index));
    const media = kept.flatMap(mediaOf);
    const mediaTokens = media.reduce((sum, { grid, tokensPerPatch }) => sum + grid.t * tokensPerPatch, 0);
    if (mediaTokens > Math.min(options.maxPromptTokens, maxPromptLength)) {
      shortest = Math.min(shortest, mediaTokens);
      return undefined;
    }
    const encoded = encodeConversation(checkpoint, { messages: kept, tools }, media, options);
    shortest = Math.min(shortest, encoded?.ids.length ?? Infinity);
    if (!encoded || encoded.ids.length > options.maxPromptTokens) return undefined;
    return { ...encoded, media, droppedTurns: dropped.size };
  });
  if (!prompt)
    throw new EngineError(
      'context-overflow',
      `The prompt takes ${Number.isFinite(shortest) ? `at least ${shortest}` : 'far more'} tokens where ${options.maxPromptTokens} fit. Shorten it, or send fewer or smaller images.`,
    );
  const placed = placeMedia(prompt.media, prompt.padSpans);
  const runs = visualRuns(placed, checkpoint.config.vision.mergeSize);
  return {
    ids: prompt.ids,
    ...mropePositions(prompt.ids.length, runs),
    media: placed,
    droppedTurns: prompt.droppedTurns,
  };
}

/** Undefined for a prompt that is longer than {@link maxPromptLength}. */
function encodeConversation(
  checkpoint: Checkpoint,
  conversation: Conversation,
  media: readonly ConversationMedia[],
  options: PrepareOptions,
): { ids: Int32Array; padSpans: TokenSpan[] } | undefined {
  const pieces = renderConversation(checkpoint, conversation, {
    addGenerationPrompt: true,
    addVisionId: options.addVisionId ?? false,
  });
  const length = pieces.reduce<number>(
    (sum, piece) => sum + (typeof piece === 'string' ? piece.length : 1),
    0,
  );
  if (length > maxPromptLength) return undefined;
  const form = options.videoPromptForm ?? 'legacy';
  return encodePieces(expandMedia(pieces, media, checkpoint.config.tokens, form), checkpoint.tokenizer);
}

/** Gives each medium its spans, in order: one for an image, one for each temporal patch of a video. */
function placeMedia(
  media: readonly ConversationMedia[],
  padSpans: readonly TokenSpan[],
): (ConversationMedia & { spans: TokenSpan[] })[] {
  let next = 0;
  return media.map((medium) => ({ ...medium, spans: padSpans.slice(next, (next += medium.grid.t)) }));
}
