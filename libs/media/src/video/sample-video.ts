import { MediaError } from '../media-error.js';
import type { RgbImage, SampledVideo } from '../pixels.js';
import type { MediaPolicy } from '../policy.js';
import type { Demuxer } from '../source/sniff.js';
import {
  decodeArguments,
  isOneOf,
  probeArguments,
  type DecodeRun,
  type DecodeShape,
} from './ffmpeg-arguments.js';
import type { FfmpegSession } from './ffmpeg-session.js';
import { sampleFrameIndices, type FrameSampling } from './sample-indices.js';
import { planSeeks } from './seek-plan.js';
import { readVideoInfo, type VideoInfo } from './video-info.js';

/** How far a video's decoding is. */
export interface VideoProgress {
  readonly decodedFrames: number;
  readonly plannedFrames: number;
}

/** Options of sampling one video. */
export interface SampleOptions extends FrameSampling {
  readonly onProgress?: ((progress: VideoProgress) => void) | undefined;
}

type Limits = Pick<
  MediaPolicy,
  'maxFrames' | 'maxFramePixels' | 'maxVideoPixels' | 'maxDurationSeconds' | 'maxSourceFrames'
>;

/** Containers with an index, in which seeking is exact. */
const SEEKABLE: ReadonlySet<Demuxer> = new Set(['mov', 'matroska']);
/** Codecs that the WebAssembly build opens but cannot decode. */
const NATIVE_ONLY: ReadonlySet<string> = new Set(['av1']);

/** A frame as it came out, with its time stamp in ticks; NaN where the stream has none. */
interface TimedFrame {
  readonly data: Uint8Array;
  readonly pts: number;
}

/**
 * Probes a video, chooses frames as the reference does, and decodes those.
 *
 * @throws MediaError `corrupt`, `too-large`, `unsupported-format`, `unsupported-codec`.
 */
export async function sampleVideo(
  session: FfmpegSession,
  demuxer: Demuxer,
  options: SampleOptions,
  limits: Limits,
): Promise<SampledVideo> {
  const packets = limits.maxSourceFrames + 1;
  const info = readVideoInfo(await session.probe(probeArguments(session.inputPath, demuxer, packets)));
  checkLimits(info, limits);
  if (session.backend === 'wasm' && NATIVE_ONLY.has(info.codec)) throw unsupported(info.codec);
  const maxFrames = Math.min(options.maxFrames ?? limits.maxFrames, limits.maxFrames);
  const indices = sampleFrameIndices(info.packets.length, info.fps, { ...options, maxFrames });
  const shape = shapeOf(info, indices.length, limits);
  const frames = await decodeFrames(session, demuxer, info, indices, shape, options.onProgress);
  if (frames.length === 0) throw new MediaError('corrupt', 'No frame of the video can be decoded.');
  // A damaged file may give fewer frames than planned: those at the end are missing.
  return { ...describe(info, frames, indices.slice(0, frames.length), shape), decodedBy: session.backend };
}

function checkLimits(info: VideoInfo, limits: Limits): void {
  if (info.width * info.height > limits.maxFramePixels) {
    throw new MediaError(
      'too-large',
      `The video's frames have ${info.width}x${info.height} pixels; at most ${limits.maxFramePixels} are allowed here.`,
    );
  }
  if (info.packets.length > limits.maxSourceFrames || info.durationSeconds > limits.maxDurationSeconds) {
    throw new MediaError(
      'too-large',
      `The video is longer than ${limits.maxDurationSeconds} seconds or ${limits.maxSourceFrames} frames, the limit here.`,
    );
  }
}

/** The size of delivered frames: the source's, unless all of them together would hold too many pixels. */
function shapeOf(info: VideoInfo, frames: number, limits: Limits): DecodeShape {
  const factor = Math.min(1, Math.sqrt(limits.maxVideoPixels / (frames * info.width * info.height)));
  const scaled = (side: number): number => Math.max(1, Math.floor(side * factor));
  return { width: scaled(info.width), height: scaled(info.height), maxFramePixels: limits.maxFramePixels };
}

async function decodeFrames(
  session: FfmpegSession,
  demuxer: Demuxer,
  info: VideoInfo,
  indices: readonly number[],
  shape: DecodeShape,
  onProgress: SampleOptions['onProgress'],
): Promise<TimedFrame[]> {
  const decode = (runs: readonly DecodeRun[]): Promise<TimedFrame[]> => {
    let decoded = 0;
    const report = (): void => {
      decoded += 1;
      onProgress?.({ decodedFrames: decoded, plannedFrames: indices.length });
    };
    return decodeRuns(session, demuxer, info, runs, shape, report);
  };
  const shown = info.packets.map(({ pts }) => pts).sort((a, b) => a - b);
  const wanted = indices.map((index) => shown[index] ?? 0);
  const seeks = SEEKABLE.has(demuxer) ? planSeeks(info, wanted) : undefined;
  if (seeks !== undefined) {
    const frames = await decode(seeks);
    if (frames.length === wanted.length && frames.every(({ pts }, i) => pts === wanted[i])) return frames;
  }
  return decode([{ select: isOneOf('n', indices), frames: indices.length }]);
}

async function decodeRuns(
  session: FfmpegSession,
  demuxer: Demuxer,
  info: VideoInfo,
  runs: readonly DecodeRun[],
  shape: DecodeShape,
  onFrame: () => void,
): Promise<TimedFrame[]> {
  const frames: TimedFrame[] = [];
  const complaints: string[] = [];
  for (const run of runs) {
    const pixels: Uint8Array[] = [];
    const stamps: number[] = [];
    await session.decode(decodeArguments(session.inputPath, session.outputPath, demuxer, run, shape), {
      frameBytes: shape.width * shape.height * 3,
      onFrame: (data) => {
        pixels.push(data);
        onFrame();
      },
      onLog: (line) => {
        const stamp = /showinfo.* n: *\d+ pts: *(-?\d+|NOPTS)/.exec(line)?.[1];
        if (stamp !== undefined) stamps.push(Number(stamp));
        if (/Decoder .*not found|Unknown decoder/i.test(line)) complaints.push(line);
      },
    });
    if (complaints.length > 0) throw unsupported(info.codec);
    pixels.forEach((data, i) => frames.push({ data, pts: stamps[i] ?? NaN }));
  }
  return frames;
}

function describe(
  info: VideoInfo,
  frames: readonly TimedFrame[],
  frameIndices: readonly number[],
  { width, height }: DecodeShape,
): Omit<SampledVideo, 'decodedBy'> {
  const start = info.packets.reduce((least, { pts }) => Math.min(least, pts), Infinity);
  const timestamps = frameIndices.map((index, i) => {
    const seconds = ((frames[i]?.pts ?? NaN) - start) * info.timeBase;
    return Number.isNaN(seconds) ? index / info.fps : seconds;
  });
  return {
    frames: frames.map(({ data }): RgbImage => ({ width, height, data })),
    frameIndices,
    timestamps,
    fps: info.fps,
    totalFrames: info.packets.length,
    durationSeconds: info.durationSeconds,
    scaledDown: width !== info.width || height !== info.height,
  };
}

function unsupported(codec: string): MediaError {
  return new MediaError(
    'unsupported-codec',
    `Videos coded as ${codec} cannot be decoded here: convert it to H.264, or install ffmpeg on the server.`,
  );
}
