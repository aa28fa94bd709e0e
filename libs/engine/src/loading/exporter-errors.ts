import { ExporterError, type ExporterErrorCode } from '@qwenvl/exporter';
import { EngineError, type EngineErrorCode } from '../errors.js';
import { toWriteError } from './system-errors.js';

const codes: Readonly<Record<ExporterErrorCode, EngineErrorCode>> = {
  'unsupported-checkpoint': 'unsupported-checkpoint',
  'invalid-config': 'unsupported-checkpoint',
  'missing-file': 'checkpoint-missing',
  'corrupt-file': 'checkpoint-corrupt',
  'missing-tensor': 'checkpoint-corrupt',
  'invalid-manifest': 'checkpoint-corrupt',
  'invalid-option': 'invalid-request',
  'disk-full': 'disk-full',
  'write-failed': 'not-writable',
};

/** The exporter's errors and failed writes as this library's errors; others pass unchanged. */
export function fromExporter(error: unknown): unknown {
  if (!ExporterError.isInstance(error)) return toWriteError(error) ?? error;
  return new EngineError(codes[error.code], error.message, { cause: error });
}
