import { randomFillSync } from 'node:crypto';
import { open, rename, stat } from 'node:fs/promises';
import { tensorTypes, writeGguf, type GgufTensor, type GgufValue } from './gguf-writer.js';

/** Sizes of the text decoder of Qwen3-VL-2B. */
const shape = { layers: 28, hidden: 2048, heads: 16, kvHeads: 8, headDim: 128, mlp: 6144, vocab: 151_936 };

/** Blocks in a pattern; weights repeat after it. */
const patternBlocks = 8192;

function metadata(): Record<string, GgufValue> {
  const arch = 'qwen3';
  return {
    'general.architecture': arch,
    'general.name': 'random weights',
    [`${arch}.block_count`]: { u32: shape.layers },
    [`${arch}.context_length`]: { u32: 262_144 },
    [`${arch}.embedding_length`]: { u32: shape.hidden },
    [`${arch}.feed_forward_length`]: { u32: shape.mlp },
    [`${arch}.attention.head_count`]: { u32: shape.heads },
    [`${arch}.attention.head_count_kv`]: { u32: shape.kvHeads },
    [`${arch}.attention.key_length`]: { u32: shape.headDim },
    [`${arch}.attention.value_length`]: { u32: shape.headDim },
    [`${arch}.attention.layer_norm_rms_epsilon`]: { f32: 1e-6 },
    [`${arch}.rope.freq_base`]: { f32: 5e6 },
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.ggml.tokens': { strings: Array.from({ length: shape.vocab }, (_, id) => `t${id}`) },
    'tokenizer.ggml.token_type': { ints: Array.from({ length: shape.vocab }, () => 1) },
    'tokenizer.ggml.merges': { strings: ['t 0'] },
    'tokenizer.ggml.eos_token_id': { u32: shape.vocab - 1 },
  };
}

/** Names as llama.cpp has them. The head is the embedding, as in the checkpoint. */
function tensors(): GgufTensor[] {
  const { hidden, heads, kvHeads, headDim, mlp } = shape;
  const norm = (name: string, size: number): GgufTensor => ({
    name: `${name}.weight`,
    dims: [size],
    type: 'f32',
  });
  const matrix = (name: string, columns: number, rows: number): GgufTensor => ({
    name: `${name}.weight`,
    dims: [columns, rows],
    type: 'q4_0',
  });
  const layers = Array.from({ length: shape.layers }, (_, index) => {
    const layer = `blk.${index}`;
    return [
      norm(`${layer}.attn_norm`, hidden),
      matrix(`${layer}.attn_q`, hidden, heads * headDim),
      matrix(`${layer}.attn_k`, hidden, kvHeads * headDim),
      matrix(`${layer}.attn_v`, hidden, kvHeads * headDim),
      matrix(`${layer}.attn_output`, heads * headDim, hidden),
      norm(`${layer}.attn_q_norm`, headDim),
      norm(`${layer}.attn_k_norm`, headDim),
      norm(`${layer}.ffn_norm`, hidden),
      matrix(`${layer}.ffn_gate`, hidden, mlp),
      matrix(`${layer}.ffn_up`, hidden, mlp),
      matrix(`${layer}.ffn_down`, mlp, hidden),
    ];
  });
  const embedding: GgufTensor = { name: 'token_embd.weight', dims: [hidden, shape.vocab], type: 'q6_k' };
  return [embedding, ...layers.flat(), norm('output_norm', hidden)];
}

/** Random blocks whose half-precision scale, two bytes at `scaleAt`, is small and finite. */
function pattern(type: 'q4_0' | 'q6_k', scaleAt: number): Buffer {
  const { bytes } = tensorTypes[type];
  const blocks = randomFillSync(Buffer.alloc(bytes * patternBlocks));
  const small = type === 'q4_0' ? 0x211f : 0x0400; // 0.01 and 6e-5: scales of q6_k are products with an int8
  for (let block = 0; block < patternBlocks; block++) blocks.writeUInt16LE(small, block * bytes + scaleAt);
  return blocks;
}

/** Writes a GGUF of the 2B shape with random weights, unless it is there. About 1.1 GB. */
export async function writeModel(path: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) return;
  const temporary = `${path}.partial`;
  const file = await open(temporary, 'w');
  try {
    await writeGguf(file, metadata(), tensors(), {
      f32: Buffer.from(new Float32Array(8192).fill(1).buffer),
      q4_0: pattern('q4_0', 0),
      q6_k: pattern('q6_k', 208),
    });
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
