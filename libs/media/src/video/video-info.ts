import { z } from 'zod';
import { MediaError } from '../media-error.js';

/** One coded frame, in the order of decoding. */
export interface Packet {
  /** When it is shown, in ticks of the stream's time base. */
  readonly pts: number;
  readonly isKey: boolean;
}

/** What is known of a video before it is decoded. */
export interface VideoInfo {
  readonly codec: string;
  /** Size as shown, rotation applied. */
  readonly width: number;
  readonly height: number;
  /** Average frames a second. */
  readonly fps: number;
  readonly durationSeconds: number;
  /** Seconds per tick. */
  readonly timeBase: number;
  /** Frames that are shown; those that an edit list cuts away are left out. */
  readonly packets: readonly Packet[];
}

const number = z.coerce.number().optional().catch(undefined);

const reportSchema = z.object({
  packets: z
    .array(
      z.object({ pts: z.number().optional(), dts: z.number().optional(), flags: z.string().default('') }),
    )
    .default([]),
  streams: z
    .array(
      z.object({
        codec_name: z.string().default('unknown'),
        width: z.int().min(1),
        height: z.int().min(1),
        avg_frame_rate: z.string().default(''),
        r_frame_rate: z.string().default(''),
        time_base: z.string(),
        duration: number,
        tags: z.object({ rotate: number }).optional(),
        side_data_list: z.array(z.object({ rotation: number })).default([]),
      }),
    )
    .default([]),
  /** Missing where the file could not be opened at all. */
  format: z.object({ duration: number }).optional(),
});

/** What the reference assumes where a file has no frame rate. */
const FALLBACK_FPS = 24;

/**
 * Reads ffprobe's report.
 *
 * @throws MediaError `corrupt` where the file is damaged, `unsupported-format` where it holds no video.
 */
export function readVideoInfo(json: string): VideoInfo {
  const report = parseReport(json);
  const [stream] = report.streams;
  if (report.format === undefined)
    throw new MediaError('corrupt', 'The video is damaged: it cannot be opened.');
  if (stream === undefined) throw new MediaError('unsupported-format', 'The file holds no video stream.');
  const packets = report.packets
    .filter(({ flags }) => !flags.includes('D'))
    .map(({ pts, dts, flags }, i) => ({ pts: pts ?? dts ?? i, isKey: flags.includes('K') }));
  if (packets.length === 0) throw new MediaError('corrupt', 'The video holds no frames.');
  const rotation =
    stream.side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? stream.tags?.rotate;
  const isTurned = Math.abs(rotation ?? 0) % 180 === 90;
  const timeBase = ratio(stream.time_base) ?? 0;
  const fps = ratio(stream.avg_frame_rate) ?? ratio(stream.r_frame_rate) ?? FALLBACK_FPS;
  return {
    codec: stream.codec_name,
    width: isTurned ? stream.height : stream.width,
    height: isTurned ? stream.width : stream.height,
    fps,
    durationSeconds: stream.duration ?? report.format.duration ?? packets.length / fps,
    timeBase,
    packets,
  };
}

function parseReport(json: string): z.output<typeof reportSchema> {
  try {
    return reportSchema.parse(JSON.parse(json));
  } catch (error) {
    throw new MediaError('corrupt', 'The video is damaged: no stream of it can be read.', { cause: error });
  }
}

/** `30000/1001` as a number; undefined where it is none above 0. */
function ratio(text: string): number | undefined {
  const [numerator, denominator] = text.split('/').map(Number);
  const value = (numerator ?? 0) / (denominator ?? 1);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
