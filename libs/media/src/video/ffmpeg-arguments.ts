import type { Demuxer } from '../source/sniff.js';

/** Demuxers read nothing but the input itself: no playlists, no references to other files or hosts. */
function guards(demuxer: Demuxer): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', demuxer, '-f', demuxer];
}

/** Conversion to RGB that gives the same bits in every build of ffmpeg. */
const SCALER_FLAGS = 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact';

/**
 * Arguments for ffprobe: the first real video stream (cover art is none) and its packets, as JSON.
 *
 * @param maxPackets where reading ends.
 */
export function probeArguments(input: string, demuxer: Demuxer, maxPackets: number): string[] {
  return [
    ...['-hide_banner', '-loglevel', 'error', ...guards(demuxer)],
    ...['-select_streams', 'V:0', '-read_intervals', `%+#${maxPackets}`],
    ...[
      '-show_entries',
      STREAM_ENTRIES,
      '-show_entries',
      'packet=pts,dts,flags',
      '-show_entries',
      'format=duration',
    ],
    ...['-of', 'json=compact=1', '-i', input],
  ];
}

const STREAM_ENTRIES =
  'stream=codec_name,width,height,avg_frame_rate,r_frame_rate,time_base,duration:stream_side_data=rotation:stream_tags=rotate';

/** One decoding run. */
export interface DecodeRun {
  /** Expression of ffmpeg's `select` filter that is true for the frames to keep. */
  readonly select: string;
  /** Frames after which the run ends. */
  readonly frames: number;
  /** Where to start, in seconds of the stream's own clock; the beginning where undefined. */
  readonly seekTo?: number | undefined;
}

/** Size that frames are delivered in, and what is refused to be decoded. */
export interface DecodeShape {
  readonly width: number;
  readonly height: number;
  readonly maxFramePixels: number;
}

/** Arguments for ffmpeg: the selected frames as packed RGB, their time stamps in the log. */
export function decodeArguments(
  input: string,
  output: string,
  demuxer: Demuxer,
  run: DecodeRun,
  shape: DecodeShape,
): string[] {
  const seek =
    run.seekTo === undefined ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', String(run.seekTo)];
  const scale = `scale=${shape.width}:${shape.height}:flags=${SCALER_FLAGS}`;
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info', '-copyts'],
    ...[...guards(demuxer), '-max_pixels', String(shape.maxFramePixels), ...seek, '-i', input],
    ...['-map', '0:V:0', '-vf', `select='${run.select}',showinfo=checksum=0,${scale}`],
    ...['-fps_mode', 'passthrough', '-frames:v', String(run.frames), '-pix_fmt', 'rgb24'],
    ...['-f', 'rawvideo', '-y', output],
  ];
}

/**
 * An expression that is true where a variable (`n`, `pts`) has one of the values: a search tree, so that a frame costs
 * the logarithm of their number.
 *
 * @param values integers in ascending order, at least one.
 */
export function isOneOf(variable: string, values: readonly number[]): string {
  const middle = values.length >> 1;
  const pivot = values[middle];
  if (pivot === undefined) return '0';
  if (values.length === 1) return `eq(${variable},${pivot})`;
  const below = isOneOf(variable, values.slice(0, middle));
  const above = isOneOf(variable, values.slice(middle));
  return `if(lt(${variable},${pivot}),${below},${above})`;
}
