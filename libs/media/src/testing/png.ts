import { deflateSync } from 'node:zlib';

/** A hand-made PNG: what its header claims and what its data hold need not agree. */
export interface PngOptions {
  readonly width: number;
  readonly height: number;
  readonly bitDepth?: number;
  /** 0 gray, 2 RGB, 3 palette, 6 RGBA. */
  readonly colourType?: number;
  /** Inflated image data; by default all zero and as long as the header says. */
  readonly data?: Uint8Array;
  /** Chunks between header and data. */
  readonly extra?: readonly { readonly name: string; readonly body: Uint8Array }[];
}

const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 6: 4 };

/** Builds a PNG from its parts. */
export function makePng(options: PngOptions): Buffer {
  const { width, height, bitDepth = 8, colourType = 2, extra = [] } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colourType, 0, 0, 0], 8);
  const rowBytes = 1 + Math.ceil((width * bitDepth * (SAMPLES[colourType] ?? 1)) / 8);
  const data = deflateSync(options.data ?? Buffer.alloc(rowBytes * height), { level: 1 });
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...extra.map(({ name, body }) => chunk(name, body)),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const out = Buffer.alloc(named.length + 8);
  out.writeUInt32BE(body.length, 0);
  out.set(named, 4);
  out.writeUInt32BE(crc32(named), named.length + 4);
  return out;
}

/** The checksum of PNG chunks; Node 20 brings none. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
