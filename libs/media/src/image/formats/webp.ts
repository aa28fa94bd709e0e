import decodeStill, { init } from '@jsquash/webp/decode.js';
import type { DecodedImage } from '../decoded-image.js';
import { riffChunks } from '../riff-chunks.js';
import { viewOf } from '../byte-view.js';
import { WasmImageDecoder } from './wasm-decoder.js';

const libwebp = new WasmImageDecoder({ init, decode: decodeStill }, '@jsquash/webp/codec/dec/webp_dec.wasm');

const RIFF_HEADER_BYTES = 12;
const FRAME_HEADER_BYTES = 16;
const ALPHA_FLAG = 0x10;

/** Decodes a WebP bit for bit as libwebp (Pillow) does; of an animation, the first frame on its canvas. */
export async function decodeWebp(bytes: Uint8Array): Promise<DecodedImage> {
  const chunks = [...riffChunks(bytes.subarray(RIFF_HEADER_BYTES))];
  const frame = chunks.find(({ name }) => name === 'ANMF')?.body;
  if (frame === undefined) return { ...(await libwebp.decode(bytes)), channels: 4 };
  const canvas = chunks.find(({ name }) => name === 'VP8X')?.body ?? new Uint8Array();
  const still = await libwebp.decode(stillOf(frame));
  return paste({ ...still, channels: 4 }, readUint24(canvas, 4) + 1, readUint24(canvas, 7) + 1, {
    x: readUint24(frame, 0) * 2,
    y: readUint24(frame, 3) * 2,
  });
}

/** Wraps the image data of an animation's frame into a still WebP of its own. */
function stillOf(frame: Uint8Array): Uint8Array {
  const image = [...riffChunks(frame.subarray(FRAME_HEADER_BYTES))].filter(({ name }) =>
    /^(ALPH|VP8[ L])$/.test(name),
  );
  const body = Buffer.concat(image.map(({ whole }) => whole));
  const extended = Buffer.alloc(18);
  extended.write('VP8X', 0, 'latin1');
  extended.writeUInt32LE(10, 4);
  extended[8] = image.some(({ name }) => name === 'ALPH') ? ALPHA_FLAG : 0;
  extended.set(frame.subarray(6, 12), 12); // width - 1 and height - 1, 24 bits each
  const riff = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  riff.writeUInt32LE(4 + extended.length + body.length, 4);
  return Buffer.concat([riff, extended, body]);
}

/** Places a frame on a transparent black canvas, cut at its borders. */
function paste(
  frame: DecodedImage,
  width: number,
  height: number,
  at: { readonly x: number; readonly y: number },
): DecodedImage {
  if (at.x === 0 && at.y === 0 && frame.width === width && frame.height === height) return frame;
  const data = new Uint8Array(width * height * 4);
  const columns = Math.min(frame.width, width - at.x);
  for (let row = 0; row < Math.min(frame.height, height - at.y); row += 1) {
    const from = row * frame.width * 4;
    data.set(frame.data.subarray(from, from + columns * 4), ((at.y + row) * width + at.x) * 4);
  }
  return { width, height, channels: 4, data };
}

function readUint24(bytes: Uint8Array, offset: number): number {
  const view = viewOf(bytes);
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}
