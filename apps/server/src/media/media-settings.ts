import { createMediaPolicy, type MediaPolicyInput } from '@qwenvl/media';
import { z } from 'zod';
import { list, number, oneOf } from '../config/fields.js';

const MEBIBYTE = 2 ** 20;

/** Environment variables about images and videos; `.env.example` explains them to the user. */
export const mediaFields = {
  MEDIA_SCHEMES: list().transform((schemes, context) => {
    const wanted = schemes.length === 0 ? ['http', 'https', 'data'] : schemes;
    return wanted.map((scheme) => {
      if (scheme === 'http' || scheme === 'https' || scheme === 'data') return scheme;
      context.addIssue({ code: 'custom', message: 'comma-separated words out of http, https and data' });
      return z.NEVER;
    });
  }),
  MEDIA_ALLOWED_HOSTS: list(),
  MEDIA_DENIED_HOSTS: list(),
  MEDIA_ALLOWED_NETWORKS: list().refine((allowedNetworks) => isPolicy({ allowedNetworks }), {
    error: 'comma-separated networks such as 10.1.0.0/16',
  }),
  MEDIA_LOCAL_ROOTS: list(),
  MEDIA_MAX_IMAGE_BYTES: number(32 * MEBIBYTE, { min: 1024, max: 1024 * MEBIBYTE }),
  MEDIA_MAX_VIDEO_BYTES: number(128 * MEBIBYTE, { min: 1024, max: 1024 * MEBIBYTE }),
  MEDIA_MAX_REQUEST_BYTES: number(192 * MEBIBYTE, { min: 1024, max: 4096 * MEBIBYTE }),
  MEDIA_MAX_IMAGE_PIXELS: number(50_000_000, { min: 1, max: 500_000_000 }),
  MEDIA_DOWNLOAD_TIMEOUT_SECONDS: number(30, { min: 1, max: 3600 }),
  MEDIA_VIDEO_TIMEOUT_SECONDS: number(120, { min: 1, max: 3600 }),
  MEDIA_VIDEO_BACKEND: oneOf(['auto', 'native', 'wasm'], 'auto'),
};

/** Settings that decide what media may be read, and how much of it. */
export type MediaSettings = {
  readonly [Name in keyof typeof mediaFields]: z.output<(typeof mediaFields)[Name]>;
} & { readonly MAX_VIDEO_FRAMES?: number | undefined };

function isPolicy(input: MediaPolicyInput): boolean {
  try {
    createMediaPolicy(input);
    return true;
  } catch (error) {
    if (error instanceof z.ZodError) return false;
    throw error;
  }
}

/** The media library's policy that the settings stand for. */
export function mediaPolicyOf(config: MediaSettings): MediaPolicyInput {
  return {
    schemes: config.MEDIA_SCHEMES,
    allowedHosts: config.MEDIA_ALLOWED_HOSTS,
    deniedHosts: config.MEDIA_DENIED_HOSTS,
    allowedNetworks: config.MEDIA_ALLOWED_NETWORKS,
    localRoots: config.MEDIA_LOCAL_ROOTS,
    maxImageBytes: config.MEDIA_MAX_IMAGE_BYTES,
    maxVideoBytes: config.MEDIA_MAX_VIDEO_BYTES,
    maxRequestBytes: config.MEDIA_MAX_REQUEST_BYTES,
    maxImagePixels: config.MEDIA_MAX_IMAGE_PIXELS,
    downloadTimeoutMs: config.MEDIA_DOWNLOAD_TIMEOUT_SECONDS * 1000,
    videoTimeoutMs: config.MEDIA_VIDEO_TIMEOUT_SECONDS * 1000,
    videoBackend: config.MEDIA_VIDEO_BACKEND,
    maxFrames: config.MAX_VIDEO_FRAMES,
  };
}
