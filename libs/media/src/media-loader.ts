import type { ResolveHost } from './fetch/guarded-agent.js';
import { ImageDecoder } from './image/image-decoder.js';
import { MediaError } from './media-error.js';
import type { RgbImage, SampledVideo } from './pixels.js';
import { createMediaPolicy, type MediaPolicy, type MediaPolicyInput } from './policy.js';
import { RequestBudget } from './request-budget.js';
import type { LocalFile } from './source/local-file.js';
import type { MediaSource } from './source/media-source.js';
import { sniffFormat, type MediaFormat } from './source/sniff.js';
import { SourceReader } from './source/source-reader.js';
import type { SampleOptions } from './video/sample-video.js';
import { VideoDecoder } from './video/video-decoder.js';

/** What every call takes. */
export interface LoadOptions {
  /** Ends the call at once and frees what it holds; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Shared by the calls of one request, so that its limits hold over all of them. Default: one of its own. */
  readonly budget?: RequestBudget | undefined;
}

/** How a video is sampled and loaded. */
export type LoadVideoOptions = LoadOptions & SampleOptions;

/** What a loader may be given from outside, besides its policy. */
export interface MediaLoaderPorts {
  /** Resolves host names; the system's resolver by default. */
  readonly resolveHost?: ResolveHost | undefined;
}

/** Bytes that are looked at to tell the format of an opened file. */
const HEAD_BYTES = 4096;
/** Frame rate of a list of frames that comes without one: the rate at which the checkpoint samples. */
const LISTED_FRAMES_FPS = 2;

/**
 * Loads images and videos from anywhere the policy allows into RGB pixels. Decoding happens in worker threads (or
 * processes), so that the caller's thread stays free; nothing is cached or shared between calls.
 */
export class MediaLoader {
  readonly policy: MediaPolicy;
  readonly #reader: SourceReader;
  readonly #images: ImageDecoder;
  readonly #videos: VideoDecoder;

  /** @throws ZodError when the policy is not valid. */
  constructor(policy: MediaPolicyInput = {}, ports: MediaLoaderPorts = {}) {
    this.policy = createMediaPolicy(policy);
    this.#reader = new SourceReader(this.policy, ports.resolveHost);
    this.#images = new ImageDecoder(this.policy);
    this.#videos = new VideoDecoder(this.policy);
  }

  /** Starts counting a request: pass it to each call that belongs to it. */
  createBudget(): RequestBudget {
    return new RequestBudget(this.policy);
  }

  /**
   * Loads an image as the checkpoint's processor gets it: upright (EXIF), RGB, alpha dropped; of an animation, the
   * first frame. Not resized.
   *
   * @param source where it is; a string may be a URL, base64 or a local path.
   * @throws MediaError with any code but `unsupported-codec` and `video-unavailable`.
   */
  async loadImage(source: MediaSource | string, options: LoadOptions = {}): Promise<RgbImage> {
    const { signal, budget = this.createBudget() } = options;
    budget.takeItem();
    const bytes = await this.#reader.readBytes(source, {
      maxBytes: this.policy.maxImageBytes,
      budget,
      signal,
    });
    const format = await sniffFormat(bytes);
    if (format?.image === undefined) throw unreadable('image', bytes.byteLength, format);
    const image = await this.#images.decode(bytes, format.image, signal);
    budget.takePixels(image.width * image.height);
    return image;
  }

  /**
   * Loads a video's frames, chosen as the reference chooses them (2 a second, at least 4, at most `maxFrames`).
   *
   * @param source where it is; a string may be a URL, base64 or a local path.
   * @throws MediaError with any code.
   */
  async loadVideo(source: MediaSource | string, options: LoadVideoOptions = {}): Promise<SampledVideo> {
    const { signal, budget = this.createBudget() } = options;
    budget.takeItem();
    const read = await this.#reader.readOrOpen(source, {
      maxBytes: this.policy.maxVideoBytes,
      maxLocalBytes: this.policy.maxLocalVideoBytes,
      budget,
      signal,
    });
    const video = await this.#decodeVideo(read, options);
    budget.takePixels(video.frames.reduce((sum, { width, height }) => sum + width * height, 0));
    return video;
  }

  /**
   * Loads a video that comes as a list of frames which were sampled already. All of them are kept.
   *
   * @param fps rate at which they were sampled, frames a second; default 2.
   * @throws MediaError `invalid-source` for an empty list or frames of different sizes, and what `loadImage` throws.
   */
  async loadFrames(
    sources: readonly (MediaSource | string)[],
    fps: number = LISTED_FRAMES_FPS,
    options: LoadOptions = {},
  ): Promise<SampledVideo> {
    const { maxFrames, maxVideoPixels } = this.policy;
    if (sources.length === 0) throw new MediaError('invalid-source', 'The list of frames is empty.');
    if (sources.length > maxFrames)
      throw new MediaError('too-large', `A video may have ${maxFrames} frames here.`);
    const budget = options.budget ?? this.createBudget();
    const frames: RgbImage[] = [];
    for (const source of sources) {
      const frame = await this.loadImage(source, { ...options, budget });
      const { width, height } = frames[0] ?? frame;
      if (frame.width !== width || frame.height !== height) {
        throw new MediaError('invalid-source', 'The frames of a video must all have the same size.');
      }
      if (width * height * sources.length > maxVideoPixels) {
        throw new MediaError('too-large', `The frames hold more than ${maxVideoPixels} pixels together.`);
      }
      frames.push(frame);
    }
    return {
      frames,
      frameIndices: frames.map((_, index) => index),
      fps,
      timestamps: frames.map((_, index) => index / fps),
      totalFrames: frames.length,
      durationSeconds: frames.length / fps,
      scaledDown: false,
      decodedBy: 'frames',
    };
  }

  async #decodeVideo(read: Uint8Array | LocalFile, options: LoadVideoOptions): Promise<SampledVideo> {
    if (read instanceof Uint8Array) {
      const format = await sniffFormat(read);
      if (format?.demuxer === undefined) throw unreadable('video', read.byteLength, format);
      return this.#videos.decode({ type: 'bytes', bytes: read }, format.demuxer, options, options.signal);
    }
    try {
      const head = new Uint8Array(Math.min(HEAD_BYTES, read.size));
      await read.handle.read(head, 0, head.length, 0);
      const format = await sniffFormat(head);
      if (format?.demuxer === undefined) throw unreadable('video', read.size, format);
      return await this.#videos.decode({ type: 'file', ...read }, format.demuxer, options, options.signal);
    } finally {
      await read.handle.close();
    }
  }

  /** Ends downloads, jobs and workers; what they were at is rejected. The loader cannot be used again. */
  async close(): Promise<void> {
    await Promise.all([this.#reader.close(), this.#images.close(), this.#videos.close()]);
  }
}

function unreadable(wanted: 'image' | 'video', size: number, format: MediaFormat | undefined): MediaError {
  if (size === 0) return new MediaError('corrupt', `The ${wanted} is empty.`);
  if (format === undefined) {
    const kinds =
      wanted === 'image' ? 'JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF' : 'a video container that is read';
    return new MediaError('unsupported-format', `The ${wanted} is not ${kinds}.`);
  }
  return new MediaError('unsupported-format', `A ${wanted} is expected, but the file is none.`);
}
