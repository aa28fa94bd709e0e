import { unlessAborted, withDeadline } from '../deadline.js';
import { JobQueue } from '../job-queue.js';
import { MediaError } from '../media-error.js';
import type { SampledVideo } from '../pixels.js';
import type { MediaPolicy } from '../policy.js';
import type { Demuxer } from '../source/sniff.js';
import type { FfmpegSession, VideoInput } from './ffmpeg-session.js';
import { NativeSession } from './native-session.js';
import { hasNativeFfmpeg } from './native-version.js';
import { sampleVideo, type SampleOptions } from './sample-video.js';
import { WasmSession } from './wasm-session.js';

/** Decodes videos, a few at once, each in a session of its own that is ended with its job. */
export class VideoDecoder {
  readonly #policy: MediaPolicy;
  readonly #queue: JobQueue;
  readonly #open = new Set<FfmpegSession>();
  #native: Promise<boolean> | undefined;

  constructor(policy: MediaPolicy) {
    this.#policy = policy;
    this.#queue = new JobQueue(policy.videoJobs, policy.maxWaitingJobs);
  }

  /**
   * Samples one video; bytes of the input are handed over and empty afterwards.
   *
   * @throws MediaError `corrupt`, `too-large`, `unsupported-*`, `video-unavailable`, `timeout`, `overloaded`.
   */
  decode(
    input: VideoInput,
    demuxer: Demuxer,
    options: SampleOptions,
    signal: AbortSignal | undefined,
  ): Promise<SampledVideo> {
    return this.#queue.run(signal, () =>
      withDeadline('Decoding the video', this.#policy.videoTimeoutMs, signal, async (bounded) => {
        const session = await this.#openSession(input);
        this.#open.add(session);
        try {
          return await unlessAborted(sampleVideo(session, demuxer, options, this.#policy), bounded);
        } finally {
          this.#open.delete(session);
          await session.close();
        }
      }),
    );
  }

  /** Ends all jobs; they are rejected. */
  async close(): Promise<void> {
    this.#queue.close();
    await Promise.all([...this.#open].map((session) => session.close()));
  }

  async #openSession(input: VideoInput): Promise<FfmpegSession> {
    const { videoBackend } = this.#policy;
    if (videoBackend !== 'wasm' && (await this.#hasNative())) return NativeSession.open(input, this.#policy);
    if (videoBackend === 'native') {
      throw new MediaError('video-unavailable', `${this.#policy.ffmpegPath} 5.1 or newer is not installed.`);
    }
    return WasmSession.open(input);
  }

  #hasNative(): Promise<boolean> {
    this.#native ??= hasNativeFfmpeg(this.#policy);
    return this.#native;
  }
}
