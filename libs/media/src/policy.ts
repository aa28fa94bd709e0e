import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const MEBIBYTE = 2 ** 20;
const count = z.int().min(1);
const bytes = z.int().min(1);
const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const hosts = z.array(z.string().min(1).toLowerCase());
const network = z
  .string()
  .refine((text) => ipaddr.isValidCIDR(text), 'must be a network such as 10.1.0.0/16');

const fields = {
  /** URL schemes that may be read. `data` also covers bare base64. Local paths need `localRoots` instead. */
  schemes: z.array(z.enum(['http', 'https', 'data'])).default(['http', 'https', 'data']),
  /** Hosts that may be fetched from: `example.org`, or `*.example.org` for its subdomains. Empty: any. */
  allowedHosts: hosts.default([]),
  /** Hosts never fetched from, in the same form. Wins over `allowedHosts`. */
  deniedHosts: hosts.default([]),
  /**
   * Networks (CIDR) that may be reached although they are not public, `["10.1.0.0/16"]` for an image store of
   * yours. Everything else that is not public unicast (private, loopback, link-local, metadata, …) is refused.
   */
  allowedNetworks: z.array(network).default([]),
  /** Redirects followed for one item, each checked like the first address. */
  maxRedirects: z.int().min(0).default(3),
  /** Longest download of one item, redirects included, or reading of a stream, in milliseconds. */
  downloadTimeoutMs: milliseconds.default(30_000),

  /**
   * Folders below which local paths (and `file:` URLs) may be read. Relative paths start at the first of them.
   * Empty: local paths are refused.
   */
  localRoots: z.array(z.string().min(1)).default([]),

  /** Largest encoded image in bytes. */
  maxImageBytes: bytes.default(32 * MEBIBYTE),
  /** Largest encoded video in bytes, unless it is a local file. */
  maxVideoBytes: bytes.default(128 * MEBIBYTE),
  /** Largest local video file in bytes: it is read piece by piece, never whole. */
  maxLocalVideoBytes: bytes.default(4096 * MEBIBYTE),
  /** Most encoded bytes that one request may bring in all its items, local video files not counted. */
  maxRequestBytes: bytes.default(192 * MEBIBYTE),
  /** Most pixels that one request may bring, all its images and sampled frames together (3 bytes each). */
  maxRequestPixels: count.default(256_000_000),
  /** Most images, videos and single frames of one request. */
  maxRequestItems: count.default(1024),

  /**
   * Largest image in pixels (width × height), read from its header before anything is decoded. Pixels of a 16-bit
   * PNG count twice.
   */
  maxImagePixels: count.default(50_000_000),
  /** Largest video frame in pixels. */
  maxFramePixels: count.default(9_500_000),
  /** Most frames sampled of one video; the reference's own limit is 768. */
  maxFrames: count.default(768),
  /**
   * Most pixels kept of one video, all sampled frames together (3 bytes each). Where source frames would hold
   * more, they are scaled down evenly while decoding. The checkpoint itself looks at 25 million at most.
   */
  maxVideoPixels: count.default(128_000_000),
  /** Longest video in seconds. */
  maxDurationSeconds: z.number().positive().default(3600),
  /** Most coded frames of a video file that are looked at. */
  maxSourceFrames: count.default(250_000),

  /** Longest decoding of one image in milliseconds, waiting for a worker not counted. */
  imageTimeoutMs: milliseconds.default(30_000),
  /** Longest decoding of one video in milliseconds, waiting for its turn not counted. */
  videoTimeoutMs: milliseconds.default(120_000),
  /** Images decoded at once, each in a worker thread. */
  imageJobs: count.default(2),
  /** Videos decoded at once, each in a worker thread or process. */
  videoJobs: count.default(1),
  /** Jobs that may wait for their turn, images and videos each. More are refused as `overloaded`. */
  maxWaitingJobs: z.int().min(0).default(256),

  /**
   * What decodes videos: `auto` takes a system `ffmpeg` (5.1 or newer) where there is one and `@ffmpeg/core` where
   * there is none; `native` and `wasm` insist.
   */
  videoBackend: z.enum(['auto', 'native', 'wasm']).default('auto'),
  /** The system's programs, as a name on the PATH or as a path. */
  ffmpegPath: z.string().min(1).default('ffmpeg'),
  ffprobePath: z.string().min(1).default('ffprobe'),
};

const policySchema = z.strictObject(fields);

/** What may be read, from where, and how much of it: every limit of this library, with safe defaults. */
export type MediaPolicy = Readonly<z.output<typeof policySchema>>;

/** A policy as its owner writes it: whatever is left out takes its default. */
export type MediaPolicyInput = Readonly<z.input<typeof policySchema>>;

/**
 * Completes a policy with the defaults.
 *
 * @throws ZodError when a field is unknown or outside its range.
 */
export function createMediaPolicy(input: MediaPolicyInput = {}): MediaPolicy {
  return policySchema.parse(input);
}
