import { clip, ffmpeg, type ClipOptions } from './ffmpeg.js';
import { flipped, noise, truncated } from './damage.js';
import type { NastyInput } from './nasty-input.js';

type Expectation = NastyInput['expect'];

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const PLAYLIST = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n';
const CONCAT_LIST = "ffconcat version 1.0\nfile '/etc/hostname'\n";

function video(name: string, expect: Expectation, make: () => Uint8Array): NastyInput {
  return { name: `video: ${name}`, kind: 'video', expect, make };
}

function plain(name: string, expect: Expectation, options: ClipOptions): NastyInput {
  return video(name, expect, () => clip(options));
}

/** Copies a clip's packets into a new file with other options around them. */
function remuxed(
  bytes: Uint8Array,
  before: readonly string[],
  after: readonly string[],
  name = 'out.mp4',
): Buffer {
  return ffmpeg([...before, '-i', 'in.mp4', '-c', 'copy', ...after], name, { 'in.mp4': bytes });
}

/** Videos that are broken, forged, huge or odd. A 2 s clip of 20 frames gives 4. */
export const NASTY_VIDEOS: readonly NastyInput[] = [
  video('0 bytes', 'corrupt', () => new Uint8Array()),
  video('random bytes', 'unsupported-format', () => noise(65_536, 2)),
  video('random bytes after an mp4 header', 'corrupt', () =>
    Buffer.concat([clip().subarray(0, 32), noise(65_536, 3)]),
  ),
  video('an SVG as mp4', 'unsupported-format', () =>
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  ),
  video('truncated, index at the end', 'corrupt', () => truncated(clip(), 0.7)),
  video('truncated, index in front', 'anything', () =>
    truncated(clip({ encode: [...X264, '-movflags', '+faststart'] }), 0.7),
  ),
  video('truncated mkv', 'anything', () => truncated(clip({ container: 'mkv' }), 0.7)),
  video('truncated webm', 'anything', () =>
    truncated(clip({ container: 'webm', encode: ['-c:v', 'libvpx', '-b:v', '200k'] }), 0.7),
  ),
  video('bit flips in the frames', 'anything', () => flipped(clip(), 4, 40, 100, 4000)),
  video('bit flips in the index', 'anything', () => {
    const bytes = clip();
    return flipped(bytes, 5, 20, bytes.length - 800);
  }),
  video('audio only', 'unsupported-format', () => ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=1'], 'a.mp4')),
  video('audio with cover art', 'unsupported-format', () =>
    ffmpeg(
      [
        ...['-f', 'lavfi', '-i', 'sine=duration=1', '-f', 'lavfi', '-i', 'testsrc=size=64x64:duration=0.04'],
        ...['-map', '0', '-map', '1', '-c:v', 'mjpeg', '-disposition:v', 'attached_pic'],
      ],
      'a.m4a',
    ),
  ),
  plain('1 frame', '1 frames 96x64', { seconds: 0.1 }),
  plain('2 frames', '2 frames 96x64', { seconds: 0.2 }),
  video('variable frame rate', '4 frames 96x64', () =>
    clip({ encode: ['-vf', "select='not(mod(n,3))+lt(n,6)'", '-vsync', 'vfr', ...X264] }),
  ),
  video('edit list', '4 frames 96x64', () => remuxed(clip({ seconds: 3 }), ['-ss', '0.55'], ['-t', '1.5'])),
  ...[90, 180, 270].map((degrees) =>
    video(`turned by ${degrees}`, degrees === 180 ? '4 frames 96x64' : '4 frames 64x96', () =>
      remuxed(clip(), [], ['-metadata:s:v', `rotate=${degrees}`]),
    ),
  ),
  plain('start offset', '4 frames 96x64', { container: 'ts', encode: [...X264, '-output_ts_offset', '10'] }),
  plain('non-square pixels', '4 frames 96x64', { encode: ['-vf', 'setsar=2', ...X264] }),
  video('8192x8192', 'too-large', () => clip({ source: 'color=black:size=8192x8192:rate=1:duration=1' })),
  plain('600 seconds', '768 frames 160x120', { seconds: 600, rate: 10, size: '160x120' }),
  plain('fragmented', '4 frames 96x64', {
    encode: [...X264, '-movflags', '+frag_keyframe+empty_moov', '-g', '5'],
  }),
  plain('10 bits', '4 frames 96x64', { encode: ['-c:v', 'libx264', '-pix_fmt', 'yuv420p10le'] }),
  plain('4:4:4', '4 frames 96x64', { encode: ['-c:v', 'libx264', '-pix_fmt', 'yuv444p'] }),
  plain('interlaced', '4 frames 96x64', {
    encode: ['-vf', 'interlace', '-c:v', 'libx264', '-flags', '+ildct+ilme'],
  }),
  plain('alpha webm', '4 frames 96x64', {
    container: 'webm',
    encode: ['-vf', 'format=yuva420p', '-c:v', 'libvpx', '-auto-alt-ref', '0', '-b:v', '200k'],
  }),
  video('AV1', 'unsupported-codec', () =>
    clip({ encode: ['-c:v', 'libaom-av1', '-cpu-used', '8', '-b:v', '100k'], seconds: 1 }),
  ),
  video('a playlist as mp4', 'unsupported-format', () => Buffer.from(PLAYLIST)),
  video('a concat list as mp4', 'unsupported-format', () => Buffer.from(CONCAT_LIST)),
];
