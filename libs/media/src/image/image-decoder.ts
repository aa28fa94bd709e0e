import { unlessAborted, withDeadline } from '../deadline.js';
import { JobQueue } from '../job-queue.js';
import { MediaError } from '../media-error.js';
import type { RgbImage } from '../pixels.js';
import type { MediaPolicy } from '../policy.js';
import type { ImageFormat } from '../source/sniff.js';
import { ask, startWorker, type WatchedWorker } from '../start-worker.js';
import type { ImageJob, ImageReply } from './image-worker.js';

/** A codec's memory never shrinks: after an image of so many pixels its worker is not kept. */
const LARGE_IMAGE_PIXELS = 16_000_000;
/** Images after which a worker is replaced, so that nothing a library leaks adds up. */
const IMAGES_PER_WORKER = 200;

interface Slot extends WatchedWorker {
  images: number;
}

type Limits = Pick<MediaPolicy, 'imageJobs' | 'maxWaitingJobs' | 'imageTimeoutMs' | 'maxImagePixels'>;

/** Decodes images in a few worker threads, started when first needed and replaced when they fail or grow. */
export class ImageDecoder {
  readonly #limits: Limits;
  readonly #queue: JobQueue;
  readonly #idle: Slot[] = [];
  readonly #all = new Set<Slot>();

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#queue = new JobQueue(limits.imageJobs, limits.maxWaitingJobs);
  }

  /**
   * Decodes one image; `bytes` is handed over and empty afterwards.
   *
   * @throws MediaError `corrupt`, `too-large`, `timeout`, `overloaded`.
   */
  decode(bytes: Uint8Array, format: ImageFormat, signal: AbortSignal | undefined): Promise<RgbImage> {
    return this.#queue.run(signal, () =>
      withDeadline('Decoding the image', this.#limits.imageTimeoutMs, signal, (bounded) =>
        this.#decodeIn(
          this.#idle.pop() ?? this.#start(),
          { bytes, format, maxPixels: this.#limits.maxImagePixels },
          bounded,
        ),
      ),
    );
  }

  /** Ends all workers; what they were at is rejected. */
  async close(): Promise<void> {
    this.#queue.close();
    await Promise.all([...this.#all].map(({ worker }) => worker.terminate()));
  }

  async #decodeIn(slot: Slot, job: ImageJob, signal: AbortSignal): Promise<RgbImage> {
    const { worker } = slot;
    worker.ref();
    try {
      const answer = ask(slot, job, [job.bytes.buffer as ArrayBuffer], (message) => message as ImageReply);
      const reply = await unlessAborted(answer, signal);
      slot.images += 1;
      this.#keepOrEnd(slot, reply.pixels);
      if ('image' in reply) return reply.image;
      throw new MediaError(reply.error.code, reply.error.message);
    } catch (error) {
      if (signal.aborted || !MediaError.isInstance(error)) void worker.terminate();
      throw error;
    }
  }

  #keepOrEnd(slot: Slot, pixels: number): void {
    if (pixels > LARGE_IMAGE_PIXELS || slot.images >= IMAGES_PER_WORKER) {
      void slot.worker.terminate();
      return;
    }
    slot.worker.unref();
    this.#idle.push(slot);
  }

  #start(): Slot {
    const slot: Slot = { ...startWorker(import.meta.url, './image-worker'), images: 0 };
    this.#all.add(slot);
    slot.worker.once('exit', () => {
      this.#all.delete(slot);
      const index = this.#idle.indexOf(slot);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    return slot;
  }
}
