import type { KtpResult } from '../fields/ktp-result.js';
import type { RgbImage } from '../imaging/rgb-image.js';

/** What a call may ask for. */
export interface ReadOptions {
  /** Stops the reading; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads an identity card. */
export interface KtpReader {
  /**
   * @throws {import('../errors.js').ImageRefusedError} when the picture cannot be read reliably
   * @throws {import('../errors.js').KtpError} for everything else that went wrong
   */
  read(image: RgbImage, options?: ReadOptions): Promise<KtpResult>;
}
