import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { clip, ffmpeg } from './ffmpeg.js';
import { flipped, noise, truncated } from './damage.js';
import { makePng } from './png.js';
import type { NastyInput } from './nasty-input.js';

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';

type Expectation = NastyInput['expect'];

function image(name: string, expect: Expectation, make: () => Uint8Array): NastyInput {
  return { name: `image: ${name}`, kind: 'image', expect, make };
}

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/images/${name}`, import.meta.url));
}

/** Images that are broken, forged, huge or odd. */
export const NASTY_IMAGES: readonly NastyInput[] = [
  image('0 bytes', 'corrupt', () => new Uint8Array()),
  image('random bytes', 'unsupported-format', () => noise(65_536, 1)),
  image('an SVG', 'unsupported-format', () => Buffer.from(SVG)),
  image('a video', 'unsupported-format', () => clip()),
  image('an audio file', 'unsupported-format', () =>
    ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=1'], 'a.wav'),
  ),
  ...['jpeg-420.jpg', 'png-rgb.png', 'webp-lossy.webp', 'gif-static.gif', 'avif-444.avif'].map((name) =>
    image(`truncated ${name}`, 'corrupt', () => truncated(fixture(name), 0.7)),
  ),
  image('truncated bmp', 'anything', () => truncated(fixture('bmp-rgb.bmp'), 0.7)),
  image('truncated tiff', 'anything', () => truncated(fixture('tiff-lzw.tif'), 0.7)),
  ...[
    'jpeg-420.jpg',
    'jpeg-cmyk.jpg',
    'webp-lossy.webp',
    'gif-static.gif',
    'avif-444.avif',
    'tiff-lzw.tif',
  ].map((name, i) => image(`bit flips in ${name}`, 'anything', () => flipped(fixture(name), i, 30, 200))),
  image('bad checksum', 'corrupt', () => {
    const png = fixture('png-rgb.png');
    png.writeUInt8(png.readUInt8(png.length - 17) ^ 1, png.length - 17);
    return png;
  }),
  image('0x0', 'corrupt', () => makePng({ width: 0, height: 0 })),
  image('1x1', '1x1', () => fixture('size-1x1.png')),
  image('a strip', '3000x2', () => fixture('size-3000x2.png')),
  image('a PNG with a text of 50 MB', '8x8', () =>
    makePng({ width: 8, height: 8, extra: [{ name: 'zTXt', body: textOf50Megabytes() }] }),
  ),
  image('a PNG that claims 65000x65000', 'too-large', () =>
    makePng({ width: 65_000, height: 65_000, data: new Uint8Array(9) }),
  ),
  image('a PNG that claims more than it holds', 'corrupt', () =>
    makePng({ width: 900, height: 900, data: new Uint8Array(9) }),
  ),
  image('a 1-bit PNG of 20000x20000', 'too-large', () =>
    makePng({ width: 20_000, height: 20_000, bitDepth: 1, colourType: 0 }),
  ),
  image('a 1-bit PNG of 7000x7000', '7000x7000', () =>
    makePng({ width: 7000, height: 7000, bitDepth: 1, colourType: 0 }),
  ),
  image('a 16-bit PNG of 7000x7000', 'too-large', () =>
    makePng({ width: 7000, height: 7000, bitDepth: 16, colourType: 6, data: new Uint8Array(9) }),
  ),
  image('a JPEG that claims 65000x65000', 'too-large', () => forgedJpeg('jpeg-420.jpg', 65_000)),
  image('a JPEG that claims 7000x7000', 'anything', () => forgedJpeg('jpeg-420.jpg', 7000)),
  image('a CMYK JPEG that claims 7000x7000', 'anything', () => forgedJpeg('jpeg-cmyk.jpg', 7000)),
  image('a GIF that claims 65000x65000', 'too-large', () =>
    forged(fixture('gif-static.gif'), [6, 8], 65_000),
  ),
  image('a BMP that claims 65000x65000', 'too-large', () => forged(fixture('bmp-rgb.bmp'), [18, 22], 65_000)),
  image('a small TIFF that claims 40000x40000', 'too-large', () => tiff(40_000)),
  image('a small TIFF that claims 7000x7000', 'anything', () => tiff(7000)),
  image('a GIF of 800 frames', '64x48', () =>
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=50:duration=16'], 'a.gif'),
  ),
  image('16-bit gray', '61x43', () => fixture('png-gray-16.png')),
  image('CMYK', '61x43', () => fixture('jpeg-cmyk.jpg')),
  image('an animated PNG', '61x43', () => fixture('png-animated.png')),
  image('an animated WebP', '61x43', () => fixture('webp-animated.webp')),
];

function textOf50Megabytes(): Buffer {
  return Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), deflateSync(Buffer.alloc(50 * 2 ** 20, 'a'))]);
}

/** Writes a number over the two bytes at each place, little-endian. */
function forged(bytes: Buffer, offsets: readonly number[], value: number): Buffer {
  for (const offset of offsets) bytes.writeUInt16LE(value, offset);
  return bytes;
}

function forgedJpeg(name: string, side: number): Buffer {
  const jpeg = fixture(name);
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(side, frame + 5);
  jpeg.writeUInt16BE(side, frame + 7);
  return jpeg;
}

/** A TIFF of one black pixel that says it is a square of that side. */
function tiff(side: number): Buffer {
  const entries = [
    [256, 4, side],
    [257, 4, side],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, side],
    [279, 4, 1],
  ];
  const out = Buffer.alloc(222);
  out.write('II*\0', 'latin1');
  out.writeUInt32LE(10, 4);
  out.writeUInt16LE(entries.length, 10);
  entries.forEach(([tag = 0, type = 0, value = 0], i) => {
    out.writeUInt16LE(tag, 12 + i * 12);
    out.writeUInt16LE(type, 14 + i * 12);
    out.writeUInt32LE(1, 16 + i * 12);
    out.writeUInt32LE(value, 20 + i * 12);
  });
  return out;
}
