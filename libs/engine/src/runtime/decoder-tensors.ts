import type { TensorData, Tensors } from './graph-session.js';
import type { DecoderInput, ModelShape } from './runtime.js';

/**
 * The decoder graph's inputs besides its cache.
 * @param lengths attended tokens of each sequence, the new ones included
 */
export function decoderTensors(
  inputs: readonly DecoderInput[],
  lengths: readonly number[],
  { hidden, headDim, deepstack }: ModelShape,
): Tensors {
  const batch = inputs.length;
  const tokens = (inputs[0]?.embeds.length ?? 0) / hidden;
  const stacked = (part: 'embeds' | 'cos' | 'sin', size: number): TensorData =>
    stack(
      inputs.map((input) => input[part]),
      [batch, tokens, size],
    );
  return {
    inputs_embeds: stacked('embeds', hidden),
    rotary_cos: stacked('cos', headDim / 2),
    rotary_sin: stacked('sin', headDim / 2),
    seqlens_k: { data: Int32Array.from(lengths, (length) => length - 1), dims: [batch] },
    total_sequence_length: { data: Int32Array.of(Math.max(...lengths)), dims: [1] },
    logit_idx: logitIndex(inputs, tokens),
    ...deepstackTensors(batch === 1 ? inputs[0]?.deepstack : undefined, [1, tokens, hidden], deepstack),
  };
}

/** Media features of a prefill chunk, or zeros of one token that broadcast. */
function deepstackTensors(
  features: readonly Float32Array[] | undefined,
  dims: readonly [number, number, number],
  count: number,
): Tensors {
  const tensor = (data: Float32Array | undefined): TensorData =>
    data ? { data, dims } : { data: new Float32Array(dims[2]), dims: [1, 1, dims[2]] };
  return Object.fromEntries(
    Array.from({ length: count }, (_, k) => [`deepstack_${k}`, tensor(features?.[k])]),
  );
}

function stack(parts: readonly Float32Array[], dims: readonly number[]): TensorData {
  const [first] = parts;
  if (parts.length === 1 && first) return { data: first, dims };
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  let offset = 0;
  for (const part of parts) {
    data.set(part, offset);
    offset += part.length;
  }
  return { data, dims };
}

/** Wanted rows of each input as rows of the flattened `[batch * tokens]`. */
function logitIndex(inputs: readonly DecoderInput[], tokens: number): TensorData {
  const rows = inputs.flatMap(({ logitRows }, index) => logitRows.map((row) => BigInt(index * tokens + row)));
  return { data: BigInt64Array.from(rows), dims: [rows.length] };
}
