import type * as engine from '@qwenvl/engine';
import type { LoadOptions, MediaLoader } from '@qwenvl/media';
import type { ImagePart, VideoPart } from '@qwenvl/openai';
import type { MediaItem, MediaResolver } from '../chat/media-resolver.js';
import { toMediaApiError } from './media-api-error.js';

/** Items of one request that are fetched and decoded at once. */
const ITEMS_AT_ONCE = 4;
/** `detail: "low"`, OpenAI's 512x512, as a number of pixels; other values leave the checkpoint's own bounds. */
const LOW_DETAIL_PIXELS = 512 * 512;

type EngineMedia = engine.ImagePart | engine.VideoPart;

/** Makes the resolver that loads a request's media; the first item that fails ends the others. */
export function createMediaResolver(loader: MediaLoader): MediaResolver {
  return async (items, signal) => {
    const others = new AbortController();
    const options = { signal: AbortSignal.any([signal, others.signal]), budget: loader.createBudget() };
    const resolved: EngineMedia[] = [];
    const waiting = items.entries();
    const work = async (): Promise<void> => {
      for (const [index, item] of waiting) resolved[index] = await resolveItem(loader, item, options);
    };
    try {
      await Promise.all(Array.from({ length: Math.min(ITEMS_AT_ONCE, items.length) }, work));
    } catch (error) {
      others.abort();
      throw error;
    }
    return resolved;
  };
}

async function resolveItem(
  loader: MediaLoader,
  { part, param }: MediaItem,
  options: LoadOptions,
): Promise<EngineMedia> {
  try {
    return part.type === 'image'
      ? await loadImage(loader, part, options)
      : await loadVideo(loader, part, options);
  } catch (error) {
    throw toMediaApiError(error, param);
  }
}

async function loadImage(
  loader: MediaLoader,
  part: ImagePart,
  options: LoadOptions,
): Promise<engine.ImagePart> {
  const image = await loader.loadImage(part.source, options);
  const lowDetail = part.detail === 'low' ? LOW_DETAIL_PIXELS : undefined;
  return { type: 'image', image, minPixels: part.minPixels, maxPixels: part.maxPixels ?? lowDetail };
}

async function loadVideo(
  loader: MediaLoader,
  part: VideoPart,
  options: LoadOptions,
): Promise<engine.VideoPart> {
  const { source, fps, numFrames, minPixels, maxPixels } = part;
  const video =
    typeof source === 'string'
      ? await loader.loadVideo(source, { ...options, fps, numFrames })
      : await loader.loadFrames(source.frames, fps, options);
  const { frames, frameIndices } = video;
  return { type: 'video', video: { frames, frameIndices, fps: video.fps }, minPixels, maxPixels };
}
