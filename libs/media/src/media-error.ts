/**
 * What went wrong, as a stable word that programs may compare.
 *
 * - `invalid-source`: not a URL, `data:` URL, base64 text or path that can be read as one.
 * - `blocked-scheme`, `blocked-host`, `blocked-address`, `blocked-path`: the policy does not allow the place.
 * - `download-failed`: the other server could not be reached or gave something else than the file.
 * - `too-large`: more bytes, pixels, seconds, frames or items than the policy allows.
 * - `unsupported-format`: not an image or a video, or one of a kind that is not read.
 * - `unsupported-codec`: a known container around a codec that the backend in use cannot decode.
 * - `video-unavailable`: neither `@ffmpeg/core` nor a usable system `ffmpeg` is installed.
 * - `corrupt`: the file is damaged, truncated or empty.
 * - `timeout`: fetching or decoding took longer than the policy allows.
 * - `overloaded`: as many jobs as allowed already wait; try again later.
 * - `closed`: the loader was closed.
 */
export type MediaErrorCode =
  | 'invalid-source'
  | 'blocked-scheme'
  | 'blocked-host'
  | 'blocked-address'
  | 'blocked-path'
  | 'download-failed'
  | 'too-large'
  | 'unsupported-format'
  | 'unsupported-codec'
  | 'video-unavailable'
  | 'corrupt'
  | 'timeout'
  | 'overloaded'
  | 'closed';

const marker = Symbol.for('qwenvl.media.error');

/**
 * Every error that this library throws on purpose. The message tells what to do about it and holds nothing of the
 * media's content. An aborted call rejects with its signal's reason instead.
 */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code: MediaErrorCode;
  readonly [marker] = true;

  /** `options.cause` keeps the error underneath, where there is one. */
  constructor(code: MediaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Like `instanceof`, but also true for an error of another installed copy of this package. */
  static isInstance(error: unknown): error is MediaError {
    return error instanceof Error && marker in error && error[marker] === true;
  }
}
