import { z } from 'zod';
import type { StreamIdentity } from './ports.js';

/** What the log keeps of a request while its stream runs. */
export interface StoredRequest {
  /** Which source made the stream. */
  readonly kind: string;
  /** The body as it was sent. */
  readonly sent: unknown;
  readonly identity: StreamIdentity;
  /** See `PreparedStream.fingerprint`. */
  readonly fingerprint: string;
}

const schema = z.object({
  kind: z.string(),
  sent: z.unknown(),
  identity: z.object({ completionId: z.string(), created: z.int(), seed: z.int() }),
  fingerprint: z.string(),
});

/** The log's text of a request. */
export function writeStoredRequest(request: StoredRequest): string {
  return JSON.stringify(request);
}

/** Reads it back. @throws SyntaxError | ZodError where another version wrote it */
export function readStoredRequest(text: string): StoredRequest {
  return schema.parse(JSON.parse(text));
}
