/**
 * Images and videos from anywhere into RGB pixels and timestamped frames, safely.
 *
 * @example
 * ```ts
 * import { MediaLoader } from '@qwenvl/media';
 *
 * const media = new MediaLoader({ allowedHosts: ['images.example.org'] });
 * const image = await media.loadImage('https://images.example.org/cat.jpg');
 * const video = await media.loadVideo({ type: 'bytes', bytes }, { fps: 2 });
 * await media.close();
 * ```
 *
 * @module
 */
export type { ResolveHost } from './fetch/guarded-agent.js';
export { MediaError, type MediaErrorCode } from './media-error.js';
export {
  MediaLoader,
  type LoadOptions,
  type LoadVideoOptions,
  type MediaLoaderPorts,
} from './media-loader.js';
export type { RgbImage, SampledVideo } from './pixels.js';
export { createMediaPolicy, type MediaPolicy, type MediaPolicyInput } from './policy.js';
export { RequestBudget, type RequestLimits } from './request-budget.js';
export type { MediaSource } from './source/media-source.js';
export { sampleFrameIndices, type FrameSampling } from './video/sample-indices.js';
export type { SampleOptions, VideoProgress } from './video/sample-video.js';
