import { z } from 'zod';
import { optional } from './fields.js';

/**
 * Where an image or video comes from, as the client wrote it: http(s) URL, `data:` URL, bare base64 or local path.
 * Nothing is fetched or decoded here.
 */
export type MediaSource = string;

/** Text of a message. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** Smallest and largest pixel count after resizing; absent: the checkpoint's own. */
export interface PixelBounds {
  readonly minPixels?: number | undefined;
  readonly maxPixels?: number | undefined;
}

/** One image, whichever of the accepted shapes it came in. */
export interface ImagePart extends PixelBounds {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: 'auto' | 'low' | 'high' | undefined;
}

/** One video: a file, or frames that were sampled already. */
export interface VideoPart extends PixelBounds {
  readonly type: 'video';
  readonly source: MediaSource | { readonly frames: readonly MediaSource[] };
  /** Frames a second: to sample of a file, or at which given frames were sampled. */
  readonly fps?: number | undefined;
  /** Number of frames to sample of a file; excludes `fps`. */
  readonly numFrames?: number | undefined;
}

/** A content part in normal form. */
export type ContentPart = TextPart | ImagePart | VideoPart;

/** Most frames in one list of frames. */
const MAX_LISTED_FRAMES = 768;

const source = z.string().min(1);
const pixels = optional(
  z
    .int()
    .min(1)
    .max(2 ** 31),
);
const detail = optional(z.enum(['auto', 'low', 'high']));
const fps = optional(z.number().positive().max(240));
const numFrames = optional(z.int().min(1).max(MAX_LISTED_FRAMES));
const frames = z.array(source).min(1).max(MAX_LISTED_FRAMES);

const bounds = { min_pixels: pixels, max_pixels: pixels };
const sampling = { fps, num_frames: numFrames };

const imageFields = {
  url: source.optional(),
  image_url: z.union([source, z.strictObject({ url: source, detail })]).optional(),
  b64_json: source.optional(),
  image: source.optional(),
  data: source.optional(),
  detail,
  ...bounds,
};

const videoFields = {
  url: source.optional(),
  video_url: z.union([source, z.strictObject({ url: source, ...sampling })]).optional(),
  b64_json: source.optional(),
  video: z.union([source, frames]).optional(),
  data: source.optional(),
  frames: frames.optional(),
  ...sampling,
  ...bounds,
};

const imageObject = z.strictObject(imageFields);
const videoObject = z.strictObject(videoFields);
type ImageFields = z.output<typeof imageObject>;
type VideoFields = z.output<typeof videoObject>;

/** `{type: 'text', text}` */
export const textPartSchema = z.strictObject({ type: z.literal('text'), text: z.string() });

const imageUrlPart = z
  .strictObject({
    type: z.literal('image_url'),
    image_url: z.union([source, z.strictObject({ url: source, detail, ...bounds })]),
    detail,
    ...bounds,
  })
  .transform(({ image_url, ...outer }, context): ImagePart => {
    const inner = typeof image_url === 'string' ? { url: image_url } : image_url;
    return toImage({ ...outer, ...present(inner) }, context);
  });

const inputImagePart = z
  .strictObject({
    type: z.literal('input_image'),
    input_image: z.union([source, imageObject]).optional(),
    ...imageFields,
  })
  .transform(({ input_image, ...outer }, context): ImagePart => {
    const inner = typeof input_image === 'string' ? { data: input_image } : (input_image ?? {});
    return toImage({ ...outer, ...present(inner) }, context);
  });

const imagePart = z
  .strictObject({ type: z.literal('image'), image: source, detail, ...bounds })
  .transform((fields, context): ImagePart => toImage(fields, context));

const videoUrlPart = z
  .strictObject({
    type: z.literal('video_url'),
    video_url: z.union([source, z.strictObject({ url: source, ...sampling, ...bounds })]),
    ...sampling,
    ...bounds,
  })
  .transform(({ video_url, ...outer }, context): VideoPart => {
    const inner = typeof video_url === 'string' ? { url: video_url } : video_url;
    return toVideo({ ...outer, ...present(inner) }, context);
  });

const inputVideoPart = z
  .strictObject({
    type: z.literal('input_video'),
    input_video: z.union([source, videoObject]).optional(),
    ...videoFields,
  })
  .transform(({ input_video, ...outer }, context): VideoPart => {
    const inner = typeof input_video === 'string' ? { data: input_video } : (input_video ?? {});
    return toVideo({ ...outer, ...present(inner) }, context);
  });

const videoPart = z
  .strictObject({ type: z.literal('video'), video: z.union([source, frames]), ...sampling, ...bounds })
  .transform((fields, context): VideoPart => toVideo(fields, context));

/**
 * Every accepted part, in normal form after parsing: `text`, `image_url`, `input_image`, `image`, `video_url`,
 * `input_video`, `video`.
 */
export const contentPartSchema = z.discriminatedUnion('type', [
  textPartSchema,
  imageUrlPart,
  inputImagePart,
  imagePart,
  videoUrlPart,
  inputVideoPart,
  videoPart,
]);

type Refinement = z.RefinementCtx;

function toImage(fields: Partial<ImageFields>, context: Refinement): ImagePart {
  const nested = typeof fields.image_url === 'object' ? fields.image_url : undefined;
  const flat = typeof fields.image_url === 'string' ? fields.image_url : undefined;
  const candidates = [fields.url, flat, nested?.url, fields.b64_json, fields.image, fields.data];
  return {
    type: 'image',
    source: theOnly(candidates, 'image_url, b64_json, image or data', context),
    detail: fields.detail ?? nested?.detail,
    ...toBounds(fields, context),
  };
}

function toVideo(fields: Partial<VideoFields>, context: Refinement): VideoPart {
  const nested = typeof fields.video_url === 'object' ? fields.video_url : undefined;
  const flat = typeof fields.video_url === 'string' ? fields.video_url : undefined;
  const candidates = [
    fields.url,
    flat,
    nested?.url,
    fields.b64_json,
    fields.video,
    fields.data,
    fields.frames,
  ];
  const chosen = theOnly(candidates, 'video_url, b64_json, video, data or frames', context);
  const sampled = { fps: fields.fps ?? nested?.fps, numFrames: fields.num_frames ?? nested?.num_frames };
  if (sampled.fps !== undefined && sampled.numFrames !== undefined) {
    context.addIssue({ code: 'custom', path: ['num_frames'], message: 'give fps or num_frames, not both' });
  }
  const isList = typeof chosen !== 'string';
  if (isList && sampled.numFrames !== undefined) {
    context.addIssue({ code: 'custom', path: ['num_frames'], message: 'does not apply to a list of frames' });
  }
  return {
    type: 'video',
    source: isList ? { frames: chosen } : chosen,
    ...sampled,
    ...toBounds(fields, context),
  };
}

function theOnly<Value>(
  candidates: readonly (Value | undefined)[],
  names: string,
  context: Refinement,
): Value | '' {
  const given = candidates.filter((value): value is Value & {} => value !== undefined);
  const [first] = given;
  if (first !== undefined && given.length === 1) return first;
  context.addIssue({ code: 'custom', message: `needs exactly one source: ${names}` });
  return '';
}

function toBounds(
  fields: { min_pixels?: number | undefined; max_pixels?: number | undefined },
  context: Refinement,
): PixelBounds {
  const { min_pixels: minPixels, max_pixels: maxPixels } = fields;
  if (minPixels !== undefined && maxPixels !== undefined && minPixels > maxPixels) {
    context.addIssue({ code: 'custom', path: ['min_pixels'], message: 'must not exceed max_pixels' });
  }
  return { minPixels, maxPixels };
}

/** Drops absent fields, so that an inner object's gaps do not hide the outer ones. */
function present<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<Fields>;
}
