import type * as engine from '@qwenvl/engine';
import type { ImagePart, VideoPart } from '@qwenvl/openai';

/** An image or video of a request, and the field it stands in, for error messages. */
export interface MediaItem {
  readonly part: ImagePart | VideoPart;
  /** Such as `messages[0].content[1]`. */
  readonly param: string;
}

/**
 * Turns all media of one request into pixels, in the same order, within the limits for one request.
 * Throws `ApiError` with the item's `param` for what the client must change.
 */
export type MediaResolver = (
  items: readonly MediaItem[],
  signal: AbortSignal,
) => Promise<readonly (engine.ImagePart | engine.VideoPart)[]>;
