import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type * as engine from '@qwenvl/engine';
import type { RequestMessage } from '@qwenvl/openai';
import { mediaOf } from './engine-messages.js';

/**
 * A hash of pixels that the body itself does not fix: of media behind a URL or a path, which may change. Media
 * inside the body need none.
 */
export async function mediaFingerprint(
  sent: readonly RequestMessage[],
  decoded: readonly engine.ChatMessage[],
): Promise<string> {
  if (!mediaOf(sent).some(({ part }) => isElsewhere(part.source))) return '';
  const hash = createHash('sha256');
  for (const image of decoded.flatMap(imagesOf)) {
    hash.update(`${image.width}x${image.height}`).update(image.data);
    await setImmediate();
  }
  return hash.digest('base64url');
}

function isElsewhere(source: string | { readonly frames: readonly string[] }): boolean {
  const sources = typeof source === 'string' ? [source] : source.frames;
  return sources.some((text) => !text.startsWith('data:'));
}

function imagesOf(message: engine.ChatMessage): readonly engine.RgbImage[] {
  if (typeof message.content === 'string') return [];
  return message.content.flatMap((part) => {
    if (part.type === 'image') return [part.image];
    return part.type === 'video' ? part.video.frames : [];
  });
}
