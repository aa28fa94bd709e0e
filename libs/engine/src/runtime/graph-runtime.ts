import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { EngineError } from '../errors.js';
import { BufferedCache } from './buffered-cache.js';
import type { DecoderInput, ModelShape, Runtime, VisionFeatures, VisionInput } from './runtime.js';

export interface OnnxRuntimeOptions {
  /** Folder with `embedding.onnx`, `vision.onnx` and `decoder.onnx`. */
  readonly graphs: string;
  readonly shape: ModelShape;
  /** Threads within one operator. */
  readonly threads: number;
}

/**
 * A {@link Runtime} on the stock onnxruntime-node binding: f32 keys and values in JavaScript buffers, written in place
 * by the graph. The binding copies every output that it returns, the keys and values too, so a step's cost
 * grows with the room of the cache; that is why room grows in small blocks.
 */
export class OnnxRuntime implements Runtime {
  readonly shape: ModelShape;
  readonly bytesPerToken: number;
  readonly #embedding: InferenceSession;
  readonly #vision: InferenceSession;
  readonly #decoder: InferenceSession;

  private constructor(
    shape: ModelShape,
    sessions: readonly [InferenceSession, InferenceSession, InferenceSession],
  ) {
    this.shape = shape;
    this.bytesPerToken = 2 * shape.layers * shape.kvHeads * shape.headDim * Float32Array.BYTES_PER_ELEMENT;
    [this.#embedding, this.#vision, this.#decoder] = sessions;
  }

  /** @throws EngineError `checkpoint-corrupt` when a graph cannot be read, `out-of-memory` when it does not fit */
  static async create({ graphs, shape, threads }: OnnxRuntimeOptions): Promise<OnnxRuntime> {
    const options: InferenceSession.SessionOptions = {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    };
    const load = (name: string): Promise<InferenceSession> =>
      guard(`loading ${name}`, () => InferenceSession.create(join(graphs, name), options));
    return new OnnxRuntime(shape, [
      await load('embedding.onnx'),
      await load('vision.onnx'),
      await load('decoder.onnx'),
    ]);
  }

  async embed(ids: Int32Array): Promise<Float32Array> {
    const input = new Tensor('int64', BigInt64Array.from(ids, BigInt), [ids.length]);
    const outputs = await guard('embedding', () => this.#embedding.run({ input_ids: input }));
    return floats(outputs, 'inputs_embeds');
  }

  async encodeVision(input: VisionInput): Promise<VisionFeatures> {
    const { frames, patches, rotaryCos, rotarySin } = input;
    const half = rotaryCos.length / patches;
    const feeds = {
      pixel_values: new Tensor('float32', input.pixelValues, [frames, patches, this.shape.patchLength]),
      position_index: new Tensor('int64', input.positionIndex, [4, patches]),
      position_weight: new Tensor('float32', input.positionWeight, [4, patches]),
      rotary_cos: new Tensor('float32', rotaryCos, [patches, half]),
      rotary_sin: new Tensor('float32', rotarySin, [patches, half]),
    };
    const outputs = await guard('vision', () => this.#vision.run(feeds));
    return {
      features: floats(outputs, 'features'),
      deepstack: Array.from({ length: this.shape.deepstack }, (_, k) => floats(outputs, `deepstack_${k}`)),
    };
  }

  createCache(): BufferedCache {
    return new BufferedCache();
  }

  async forward(inputs: readonly DecoderInput[]): Promise<Float32Array[]> {
    const { hidden, headDim, vocab } = this.shape;
    const batch = inputs.length;
    const caches = inputs.map(({ cache }) => ownCache(cache));
    const tokens = (inputs[0]?.embeds.length ?? 0) / hidden;
    const lengths = caches.map((cache) => cache.length + tokens);
    const longest = Math.max(...lengths);
    const kv = await guard('keys and values', () => BufferedCache.together(caches, longest, this.shape));
    const feeds: Record<string, Tensor> = {
      inputs_embeds: stack(
        inputs.map(({ embeds }) => embeds),
        [batch, tokens, hidden],
      ),
      rotary_cos: stack(
        inputs.map(({ cos }) => cos),
        [batch, tokens, headDim / 2],
      ),
      rotary_sin: stack(
        inputs.map(({ sin }) => sin),
        [batch, tokens, headDim / 2],
      ),
      seqlens_k: new Tensor(
        'int32',
        Int32Array.from(lengths, (length) => length - 1),
        [batch],
      ),
      total_sequence_length: new Tensor('int32', Int32Array.of(longest), [1]),
      logit_idx: logitIndex(inputs, tokens),
      ...this.#deepstack(inputs, tokens),
    };
    const fetches: Record<string, Tensor | null> = { logits: null };
    for (const [index, tensor] of kv.tensors.entries()) {
      const name = `${Math.floor(index / 2)}.${index % 2 === 0 ? 'key' : 'value'}`;
      feeds[`past_key_values.${name}`] = tensor;
      fetches[`present.${name}`] = tensor;
    }
    const outputs = await guard('decoding', () => this.#decoder.run(feeds, fetches));
    for (const cache of caches) cache.length += tokens;
    const logits = floats(outputs, 'logits');
    let row = 0;
    return inputs.map(({ logitRows }) => {
      const from = row;
      row += logitRows.length;
      return logits.subarray(from * vocab, row * vocab);
    });
  }

  /** Media features of a prefill chunk, or zeros of one token that broadcast. */
  #deepstack(inputs: readonly DecoderInput[], tokens: number): Record<string, Tensor> {
    const { deepstack, hidden } = this.shape;
    const features = inputs.length === 1 ? inputs[0]?.deepstack : undefined;
    const feeds: Record<string, Tensor> = {};
    for (let k = 0; k < deepstack; k++) {
      const data = features?.[k];
      feeds[`deepstack_${k}`] = data
        ? new Tensor('float32', data, [1, tokens, hidden])
        : new Tensor('float32', new Float32Array(hidden), [1, 1, hidden]);
    }
    return feeds;
  }

  async close(): Promise<void> {
    for (const session of [this.#embedding, this.#vision, this.#decoder]) await session.release();
  }
}

function ownCache(cache: unknown): BufferedCache {
  if (cache instanceof BufferedCache) return cache;
  throw new TypeError('the cache was made by another runtime');
}

function stack(parts: readonly Float32Array[], dims: number[]): Tensor {
  const [first] = parts;
  if (parts.length === 1 && first) return new Tensor('float32', first, dims);
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  let offset = 0;
  for (const part of parts) {
    data.set(part, offset);
    offset += part.length;
  }
  return new Tensor('float32', data, dims);
}

/** Wanted rows of each input as rows of the flattened `[batch * tokens]`. */
function logitIndex(inputs: readonly DecoderInput[], tokens: number): Tensor {
  const rows = inputs.flatMap(({ logitRows }, index) => logitRows.map((row) => BigInt(index * tokens + row)));
  return new Tensor('int64', BigInt64Array.from(rows), [rows.length]);
}

function floats(outputs: InferenceSession.ReturnType, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new EngineError(
    'checkpoint-corrupt',
    `The graph has no output ${name} of 32-bit floats; delete the export.`,
  );
}

/** Gives a code to errors of the native library and of allocations, which are told apart by their words alone. */
async function guard<T>(what: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (/alloc|out of memory/i.test(message)) {
      throw new EngineError(
        'out-of-memory',
        `Not enough memory for ${what}. Use a smaller model, precision or context.`,
        { cause },
      );
    }
    throw new EngineError(
      'checkpoint-corrupt',
      `The graphs failed at ${what}. Delete the export to have it made anew.`,
      { cause },
    );
  }
}
