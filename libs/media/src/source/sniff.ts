import { fileTypeFromBuffer } from 'file-type';

/** Image formats that are decoded. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'bmp' | 'tiff';

/** ffmpeg's names for the containers that are opened. */
export type Demuxer =
  'mov' | 'matroska' | 'mpegts' | 'mpeg' | 'mpegvideo' | 'avi' | 'flv' | 'asf' | 'ogg' | 'gif';

/** What a file's first bytes say it is: an image, a video, or both (GIF). */
export interface MediaFormat {
  readonly image?: ImageFormat;
  readonly demuxer?: Demuxer;
}

/** Bytes that are looked at. */
const HEAD_BYTES = 4096;

const FORMATS: Readonly<Record<string, MediaFormat>> = {
  'image/jpeg': { image: 'jpeg' },
  'image/png': { image: 'png' },
  'image/apng': { image: 'png' },
  'image/webp': { image: 'webp' },
  'image/avif': { image: 'avif' },
  'image/gif': { image: 'gif', demuxer: 'gif' },
  'image/bmp': { image: 'bmp' },
  'video/mp4': { demuxer: 'mov' },
  'video/quicktime': { demuxer: 'mov' },
  'video/x-m4v': { demuxer: 'mov' },
  'video/3gpp': { demuxer: 'mov' },
  'video/3gpp2': { demuxer: 'mov' },
  'audio/x-m4a': { demuxer: 'mov' },
  'audio/mp4': { demuxer: 'mov' },
  'video/matroska': { demuxer: 'matroska' },
  'video/webm': { demuxer: 'matroska' },
  'video/mp2t': { demuxer: 'mpegts' },
  'video/MP1S': { demuxer: 'mpeg' },
  'video/MP2P': { demuxer: 'mpeg' },
  'video/mpeg': { demuxer: 'mpegvideo' },
  'video/vnd.avi': { demuxer: 'avi' },
  'video/x-flv': { demuxer: 'flv' },
  'video/x-ms-asf': { demuxer: 'asf' },
  'application/vnd.ms-asf': { demuxer: 'asf' },
  'video/ogg': { demuxer: 'ogg' },
  'application/ogg': { demuxer: 'ogg' },
};

/**
 * Tells a file's format from its first 4 KB; names and declared types are never trusted.
 *
 * @returns undefined for what is not read.
 */
export async function sniffFormat(bytes: Uint8Array): Promise<MediaFormat | undefined> {
  const head = bytes.subarray(0, HEAD_BYTES);
  // A TIFF keeps its directory anywhere, where file-type would look for the flavour.
  const start = String.fromCharCode(...head.subarray(0, 4));
  if (start === 'II*\0' || start === 'MM\0*') return { image: 'tiff' };
  const type = await typeOf(head);
  return type === undefined ? undefined : FORMATS[type];
}

async function typeOf(head: Uint8Array): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(head))?.mime;
  } catch {
    // Garbage that begins like a known format and breaks off: not that format.
    return undefined;
  }
}
