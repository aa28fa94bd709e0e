import type { Checkpoint } from '../checkpoint/parse-checkpoint.js';
import type { ChatMessage, ContentPart } from '../types.js';
import { planImage, planVideo, type PlannedMedia } from '../vision/plan-media.js';
import type { PromptMedia } from './expand-media.js';
import { videoTimestamps } from './timestamp.js';

/** An image or video of a conversation: its size, its prompt text and its pixels on demand. */
export type ConversationMedia = PlannedMedia & PromptMedia;

/**
 * Settles the size of every image and video.
 * @returns the media of a message, in order
 * @throws {EngineError} `invalid-image`, `invalid-video` or `invalid-request`
 */
export function planMedia(
  messages: readonly ChatMessage[],
  checkpoint: Checkpoint,
): (message: ChatMessage) => ConversationMedia[] {
  const planned = new Map<ChatMessage, ConversationMedia[]>();
  for (const message of messages) {
    const parts = typeof message.content === 'string' ? [] : message.content;
    planned.set(
      message,
      parts.flatMap((part) => planPart(part, checkpoint)),
    );
  }
  return (message) => planned.get(message) ?? [];
}

function planPart(part: ContentPart, { config, image, video }: Checkpoint): ConversationMedia[] {
  if (part.type === 'text') return [];
  const layout = config.vision;
  const media = part.type === 'image' ? planImage(part, image, layout) : planVideo(part, video, layout);
  const tokensPerPatch = (media.grid.h * media.grid.w) / layout.mergeSize ** 2;
  const timestamps =
    part.type === 'video'
      ? videoTimestamps(part.video.frameIndices, part.video.fps, layout.temporalPatchSize)
      : [];
  return [{ ...media, kind: part.type, tokensPerPatch, timestamps }];
}
