import { EngineError } from '../errors.js';
import type { WireError } from './protocol.js';

/** Prepares an error for its way to another thread. */
export function toWire(error: unknown): WireError {
  if (EngineError.isInstance(error)) return { code: error.code, message: error.message, stack: error.stack };
  if (error instanceof Error) return { code: undefined, message: error.message, stack: error.stack };
  return { code: undefined, message: String(error), stack: undefined };
}

/** The error as it was; one without a code is a fault of this library and arrives as a plain `Error`. */
export function fromWire({ code, message, stack }: WireError): Error {
  const error = code === undefined ? new Error(message) : new EngineError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
