/** Why an export failed; stable across versions, for programs to branch on. */
export type ExporterErrorCode =
  | 'unsupported-checkpoint'
  | 'invalid-config'
  | 'missing-file'
  | 'corrupt-file'
  | 'missing-tensor'
  | 'invalid-manifest'
  | 'invalid-option'
  | 'disk-full'
  | 'write-failed';

const MARKER = Symbol.for('qwenvl.exporter.error');

/** Every failure that the exporter foresees. The message says what is wrong with which file and what to do. */
export class ExporterError extends Error {
  /** Machine-readable reason. */
  readonly code: ExporterErrorCode;

  constructor(code: ExporterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExporterError';
    this.code = code;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Recognises the error even when it comes from another copy of this package. */
  static isInstance(value: unknown): value is ExporterError {
    return value instanceof Error && MARKER in value;
  }
}
