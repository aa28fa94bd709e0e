import { z } from 'zod';
import { ExporterError } from '../errors.js';

/** Bytes of an element, by safetensors' names, for the types that a header may hold. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
};

/** Largest header accepted, that of the reference implementation: 100 MB. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Bytes in front of the header: its length, an unsigned 64-bit little-endian integer. */
export const LENGTH_BYTES = 8;

/** Where a tensor lies in its file. */
export interface TensorLocation {
  /** safetensors' name of the element type: `BF16`, `F16`, `F32`, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

const headerSchema = z.record(z.string(), z.unknown());

/**
 * Length of the header that follows the first eight bytes of a file of `fileBytes`.
 *
 * @throws ExporterError `corrupt-file`
 */
export function parseHeaderLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (prefix.byteLength < LENGTH_BYTES) throw corrupt(file, 'it is too short to be a safetensors file');
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES))
    throw corrupt(file, 'its header is too long; is it a safetensors file?');
  if (LENGTH_BYTES + Number(length) > fileBytes) throw corrupt(file, 'it ends inside its header');
  return Number(length);
}

/**
 * Reads a safetensors header strictly: every tensor's range must fit its type and shape, and the ranges must
 * cover the data without holes or overlaps up to the end of the file.
 *
 * @param header the JSON, without the eight bytes of its length
 * @throws ExporterError `corrupt-file`
 */
export function parseHeader(
  header: Uint8Array,
  fileBytes: number,
  file: string,
): ReadonlyMap<string, TensorLocation> {
  const start = LENGTH_BYTES + header.byteLength;
  const tensors = new Map<string, TensorLocation>();
  for (const [name, value] of Object.entries(parseJson(header, file))) {
    if (name !== '__metadata__') tensors.set(name, parseEntry(name, value, start, file));
  }
  let end = start;
  for (const [name, tensor] of [...tensors].sort(
    ([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes,
  )) {
    if (tensor.offset !== end)
      throw corrupt(file, `the data of ${name} does not follow the tensor before it`);
    end += tensor.bytes;
  }
  if (end > fileBytes) throw corrupt(file, `it is cut short: ${fileBytes} of ${end} bytes`);
  if (end < fileBytes) throw corrupt(file, `it has ${fileBytes - end} bytes too many`);
  return tensors;
}

function parseJson(header: Uint8Array, file: string): Record<string, unknown> {
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header)));
  } catch (cause) {
    throw corrupt(file, 'its header is not a JSON object', cause);
  }
}

function parseEntry(name: string, value: unknown, start: number, file: string): TensorLocation {
  const entry = entrySchema.safeParse(value);
  if (!entry.success) throw corrupt(file, `the header's entry for ${name} is malformed`);
  const { dtype, shape, data_offsets: offsets } = entry.data;
  const elementBytes = ELEMENT_BYTES[dtype];
  if (elementBytes === undefined) throw corrupt(file, `${name} has the unknown type ${dtype}`);
  const bytes = shape.reduce((product, axis) => product * axis, elementBytes);
  if (offsets[1] - offsets[0] !== bytes) throw corrupt(file, `the range of ${name} does not fit its shape`);
  return { dtype, shape, offset: start + offsets[0], bytes };
}

function corrupt(file: string, problem: string, cause?: unknown): ExporterError {
  const message = `${file} is damaged: ${problem}. Delete it and download it again`;
  return new ExporterError('corrupt-file', message, { cause });
}
