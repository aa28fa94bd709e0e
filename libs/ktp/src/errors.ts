const MARKER = Symbol.for('@qwenvl/ktp.error');

/** Why a picture was refused; part of the public contract. */
export const REFUSAL_REASONS = ['not_a_ktp', 'too_small', 'blurred', 'glare', 'too_dark', 'cropped'] as const;

/** One of {@link REFUSAL_REASONS}. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Stable names of everything that can go wrong; see the README. */
export type KtpErrorCode =
  'image_refused' | 'ocr_timeout' | 'ocr_queue_full' | 'ocr_failed' | 'model_answer_invalid';

/** Base of all errors of this library. Messages never hold anything that was read from a card. */
export class KtpError extends Error {
  readonly code: KtpErrorCode;
  readonly [MARKER] = true;

  constructor(code: KtpErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KtpError';
    this.code = code;
  }

  /** Recognises errors of this library across package copies and threads. */
  static isInstance(value: unknown): value is KtpError {
    return typeof value === 'object' && value !== null && MARKER in value;
  }
}

/** The picture cannot be read reliably; {@link reason} says what to change. */
export class ImageRefusedError extends KtpError {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super('image_refused', ADVICE[reason]);
    this.name = 'ImageRefusedError';
    this.reason = reason;
  }

  static override isInstance(value: unknown): value is ImageRefusedError {
    return KtpError.isInstance(value) && value.code === 'image_refused';
  }
}

const ADVICE: Readonly<Record<RefusalReason, string>> = {
  not_a_ktp: 'No identity card (KTP) was found in the picture.',
  too_small: 'The card is too small in the picture: come closer, so that it is at least 700 pixels wide.',
  blurred: 'The picture is blurred: hold the camera still and focus on the text.',
  glare: 'Light is reflected by the card: tilt it or turn off the flash.',
  too_dark: 'The picture is too dark: take it in better light.',
  cropped: 'Part of the card lies outside the picture: show all four corners.',
};
