import { EngineError } from '../errors.js';

/** As many pads as one image, or one temporal patch of a video, has tokens. */
export interface PadRun {
  readonly pad: number;
  readonly count: number;
}

/** A piece of a prompt: an added token's id, or ordinary text. */
export type PromptPiece = string | number;

/** The ids of the tokens that stand for and around media. */
export interface MediaTokens {
  readonly image: number;
  readonly video: number;
  readonly visionStart: number;
  readonly visionEnd: number;
}

/** An image or video as the prompt sees it. */
export interface PromptMedia {
  readonly kind: 'image' | 'video';
  /** Tokens of one temporal patch. */
  readonly tokensPerPatch: number;
  /** For a video, the time of each temporal patch in seconds, with one decimal. */
  readonly timestamps: readonly string[];
}

/**
 * Puts as many pads as each image or video has tokens in the place of the template's one pad. A video also gets
 * `<N.N seconds>` and its own vision start and end for each temporal patch (`Qwen3VLProcessor`).
 *
 * @param media of the conversation, in order
 * @throws {EngineError} `media-not-rendered`: the template wrote fewer or more pads than there are media
 */
export function expandMedia(
  pieces: readonly PromptPiece[],
  media: readonly PromptMedia[],
  tokens: MediaTokens,
  videoForm: 'legacy' | 'nested',
): (PromptPiece | PadRun)[] {
  const images = media.filter(({ kind }) => kind === 'image').values();
  const videos = media.filter(({ kind }) => kind === 'video').values();
  const out: (PromptPiece | PadRun)[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] ?? '';
    if (piece === tokens.image) {
      out.push({ pad: tokens.image, count: take(images, 'image').tokensPerPatch });
    } else if (piece === tokens.video) {
      const around = out.at(-1) === tokens.visionStart && pieces[at + 1] === tokens.visionEnd;
      if (videoForm === 'legacy' && around) {
        out.pop();
        at += 1;
      }
      const video = take(videos, 'video');
      for (const timestamp of video.timestamps) {
        const pads = { pad: tokens.video, count: video.tokensPerPatch };
        out.push(`<${timestamp} seconds>`, tokens.visionStart, pads, tokens.visionEnd);
      }
    } else {
      out.push(piece);
    }
  }
  for (const rest of [images, videos]) {
    if (rest.next().done !== true)
      throw new EngineError(
        'media-not-rendered',
        'The chat template leaves out an image or video of this conversation. Send media in user turns.',
      );
  }
  return out;
}

function take(queue: Iterator<PromptMedia>, kind: string): PromptMedia {
  const next = queue.next();
  if (next.done !== true) return next.value;
  throw new EngineError('media-not-rendered', `The chat template writes more ${kind}s than there are.`);
}
