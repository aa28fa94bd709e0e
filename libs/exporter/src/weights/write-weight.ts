import { decodeFloats, encodeHalves, FLOAT_BYTES } from '../safetensors/float-decoder.js';
import type { CheckpointReader, CheckpointTensor } from '../safetensors/checkpoint-reader.js';
import { quantiseBlocks, zeroBytes } from './quantise-blocks.js';
import { quantiseRotated, type RotatedMatrix } from './quantise-rotated.js';
import type { PlannedWeight } from './weight-plan.js';
import { transformRows } from './weight-transform.js';

/**
 * Elements converted at a time: 2 MB of bf16, about 20 ms in which the event loop waits. Rows that are rotated together
 * are converted together, up to three times as many in a 32B model.
 */
const CHUNK_ELEMENTS = 1024 * 1024;

/** Where encoded bytes go: an open file. */
export interface PositionalWriter {
  write(bytes: Uint8Array, position: number): Promise<void>;
}

/** What {@link writeWeight} tells of its progress. */
export interface WriteWeightOptions {
  /** Called with the number of source bytes just converted. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Streams one tensor from the checkpoint into its place in a data file, a few rows at a time, reading ahead by one step. */
export async function writeWeight(
  weight: PlannedWeight,
  reader: CheckpointReader,
  writer: PositionalWriter,
  { onBytes, signal }: WriteWeightOptions,
): Promise<void> {
  const tensor = reader.tensor(weight.source, weight.sourceShape);
  const { transform = {}, columns } = weight;
  const group = transform.rotatedRows ?? 1;
  const step = group * Math.max(1, Math.floor(CHUNK_ELEMENTS / columns / group));
  const scale =
    transform.scaledBy === undefined ? undefined : await readVector(reader, transform.scaledBy, columns);
  const matrix = rotatedMatrix(weight);
  let next = readRows(reader, tensor, weight, 0, step);
  for (let row = 0; row < weight.rows; row += step) {
    signal?.throwIfAborted();
    const bytes = await next;
    const following = row + step;
    if (following < weight.rows) next = readRows(reader, tensor, weight, following, step);
    // A failure below must not leave the read ahead without someone to hear of its own.
    next.catch(() => undefined);
    const floats = new Float32Array(bytes.byteLength / FLOAT_BYTES[tensor.dtype]);
    decodeFloats(tensor.dtype, bytes, floats);
    transformRows(floats, columns, transform, scale);
    if (matrix) quantiseRotated(floats, { ...matrix, columns: weight.columns, first: row }, matrix);
    else for (const part of encodeRows(weight, row, floats)) await writer.write(part.bytes, part.position);
    onBytes(bytes.byteLength);
  }
  if (matrix && weight.scales) {
    await writer.write(bytesOf(matrix.values), weight.values.offset);
    await writer.write(bytesOf(matrix.scales), weight.scales.offset);
  }
}

/** Room for the whole of a weight whose rows become columns: 13 MB in a 2B model, 131 MB in one of 32B. */
function rotatedMatrix({
  encoding,
  rows,
  columns,
}: PlannedWeight): (RotatedMatrix & { group: number }) | undefined {
  if (encoding.kind !== 'rotated') return undefined;
  const { group } = encoding;
  return { group, values: new Int8Array(rows * columns), scales: new Float32Array(rows) };
}

async function readVector(reader: CheckpointReader, name: string, size: number): Promise<Float32Array> {
  const tensor = reader.tensor(name, [size]);
  const bytes = new Uint8Array(size * FLOAT_BYTES[tensor.dtype]);
  await reader.read(tensor, 0, bytes);
  const values = new Float32Array(size);
  decodeFloats(tensor.dtype, bytes, values);
  return values;
}

async function readRows(
  reader: CheckpointReader,
  tensor: CheckpointTensor,
  weight: PlannedWeight,
  row: number,
  count: number,
): Promise<Uint8Array> {
  const rows = Math.min(count, weight.rows - row);
  const bytes = new Uint8Array(rows * weight.columns * FLOAT_BYTES[tensor.dtype]);
  await reader.read(tensor, row * weight.columns, bytes);
  return bytes;
}

interface EncodedPart {
  readonly bytes: Uint8Array;
  readonly position: number;
}

function encodeRows(weight: PlannedWeight, row: number, floats: Float32Array): EncodedPart[] {
  const { encoding, columns, values, scales, zeros } = weight;
  const at = row * columns;
  if (encoding.kind === 'f16') {
    return [{ bytes: bytesOf(encodeHalves(floats)), position: values.offset + at * 2 }];
  }
  if (encoding.kind !== 'blocks' || !scales) {
    return [{ bytes: bytesOf(floats), position: values.offset + at * 4 }];
  }
  const blocksPerRow = Math.ceil(columns / encoding.blockSize);
  const rows = floats.length / columns;
  const blocks = rows * blocksPerRow;
  const blockBytes = (encoding.blockSize * encoding.bits) / 8;
  const zeroRow = zeroBytes(encoding.bits, blocksPerRow);
  const out = {
    values: new Uint8Array(blocks * blockBytes),
    scales: new Float32Array(blocks),
    zeros: new Uint8Array(rows * zeroRow),
  };
  quantiseBlocks(floats, { bits: encoding.bits, blockSize: encoding.blockSize, columns }, out);
  return [
    { bytes: out.values, position: values.offset + row * blocksPerRow * blockBytes },
    { bytes: bytesOf(out.scales), position: scales.offset + row * blocksPerRow * 4 },
    ...(zeros ? [{ bytes: out.zeros, position: zeros.offset + row * zeroRow }] : []),
  ];
}

function bytesOf(array: Int8Array | Uint16Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
