import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { takesOwnAttention } from '@qwenvl/exporter';
import type { BlockMaxima } from '../sampling/top-tokens.js';
import { BufferedCache, type RoomPolicy } from './buffered-cache.js';
import type { CacheScales } from './cache-scales.js';
import { decoderTensors } from './decoder-tensors.js';
import type { GraphBackend, GraphSession, TensorData, Tensors } from './graph-session.js';
import type { PrefillWeights } from '../loading/prefill-weights.js';
import { guard } from './guard.js';
import { kvBytesPerToken, kvName } from './kv-buffers.js';
import type { DecoderInput, ModelShape, Runtime, VisionFeatures, VisionInput } from './runtime.js';

/** What a {@link GraphRuntime} is made of. */
export interface GraphRuntimeOptions {
  /** Folder of the export. */
  readonly graphs: string;
  readonly shape: ModelShape;
  /** Threads within one operator. */
  readonly threads: number;
  readonly backend: GraphBackend;
  /** Given: keys and values are held as 8-bit integers with these scales. Otherwise as 32-bit floats. */
  readonly cacheScales?: CacheScales | undefined;
  /** `int8`: tokens of prompts run through `prefill.onnx`, which the export must have. Default `shared`. */
  readonly prefillWeights?: PrefillWeights | undefined;
}

/** The graphs that are read at once. */
interface TextGraphs {
  readonly embedding: GraphSession;
  readonly decoder: GraphSession;
  /** The decoder again where prompts have no graph of their own. */
  readonly prefill: GraphSession;
}

/** A {@link Runtime} that runs an export's graphs. */
export class GraphRuntime implements Runtime {
  readonly shape: ModelShape;
  readonly bytesPerToken: number;
  readonly exactRows: boolean;
  readonly blockMaxima: BlockMaxima | undefined;
  readonly #openVision: () => Promise<GraphSession>;
  readonly #graphs: TextGraphs;
  readonly #policy: RoomPolicy;
  readonly #scales: Tensors;
  #vision: GraphSession | undefined;
  /** Takes the logits of every step: an array for each would be garbage of 600 KB a token and sequence. */
  #logits = new Float32Array(0);

  private constructor(options: GraphRuntimeOptions, textGraphs: TextGraphs) {
    const { shape, backend, cacheScales } = options;
    this.shape = shape;
    this.#graphs = textGraphs;
    this.#policy = {
      layout: { ...shape, type: cacheScales ? 'int8' : 'f32' },
      isTight: backend.copiesOutputs,
    };
    this.bytesPerToken = kvBytesPerToken(this.#policy.layout);
    this.exactRows = hasExactRows(options);
    this.blockMaxima = backend.blockMaxima;
    this.#scales = cacheScales ? scaleTensors(cacheScales, shape) : {};
    this.#openVision = () => open('vision', options);
  }

  /**
   * Reads the graphs of text. The vision graph is read when the first picture comes.
   * @throws EngineError `checkpoint-corrupt` when a graph cannot be read, `out-of-memory` when it does not fit
   */
  static async create(options: GraphRuntimeOptions): Promise<GraphRuntime> {
    const decoder = open(decoderName(options), options);
    // All begin at once. One thread looks rows up as fast as several, and none is left spinning when the decoder starts.
    const opening = [
      open('embedding', { ...options, threads: 1 }),
      decoder,
      options.prefillWeights === 'int8' ? open(`prefill${cacheName(options)}`, options) : decoder,
    ] as const;
    try {
      const [embedding, decoding, prefill] = await Promise.all(opening);
      return new GraphRuntime(options, { embedding, decoder: decoding, prefill });
    } catch (error) {
      const opened = await Promise.allSettled(new Set(opening));
      for (const result of opened) if (result.status === 'fulfilled') await result.value.release();
      throw error;
    }
  }

  async embed(ids: Int32Array): Promise<Float32Array> {
    const rows = floats([ids.length, this.shape.hidden]);
    const input = { data: BigInt64Array.from(ids, BigInt), dims: [ids.length] };
    await guard('embedding', () => this.#graphs.embedding.run({ input_ids: input }, { inputs_embeds: rows }));
    return rows.data;
  }

  async encodeVision(input: VisionInput): Promise<VisionFeatures> {
    const session = (this.#vision ??= await this.#openVision());
    const { frames, patches, rotaryCos, rotarySin } = input;
    const { patchLength, patchesPerToken, hidden, deepstack } = this.shape;
    const half = rotaryCos.length / patches;
    const inputs: Tensors = {
      pixel_values: { data: input.pixelValues, dims: [frames, patches, patchLength] },
      position_index: { data: input.positionIndex, dims: [4, patches] },
      position_weight: { data: input.positionWeight, dims: [4, patches] },
      rotary_cos: { data: rotaryCos, dims: [patches, half] },
      rotary_sin: { data: rotarySin, dims: [patches, half] },
    };
    const dims = [frames, patches / patchesPerToken, hidden];
    const features = floats(dims);
    const deep = Array.from({ length: deepstack }, () => floats(dims));
    const outputs: Tensors = {
      features,
      ...Object.fromEntries(deep.map((tensor, k) => [`deepstack_${k}`, tensor])),
    };
    await guard('vision', () => session.run(inputs, outputs));
    return { features: features.data, deepstack: deep.map(({ data }) => data) };
  }

  createCache(): BufferedCache {
    return new BufferedCache();
  }

  async forward(inputs: readonly DecoderInput[]): Promise<Float32Array[]> {
    const { hidden, vocab } = this.shape;
    const caches = inputs.map(({ cache }) => ownCache(cache));
    const tokens = (inputs[0]?.embeds.length ?? 0) / hidden;
    const lengths = caches.map((cache) => cache.length + tokens);
    const longest = Math.max(...lengths);
    const rows = inputs.reduce((sum, { logitRows }) => sum + logitRows.length, 0);
    if (this.#logits.length < rows * vocab) this.#logits = new Float32Array(rows * vocab);
    const logits = { data: this.#logits.subarray(0, rows * vocab), dims: [rows, vocab] };
    const { past, present } = await guard('keys and values', () =>
      BufferedCache.together(caches, longest, this.#policy),
    );
    // The many first: objects are copied several times as fast so.
    const given = { ...past, ...this.#scales, ...decoderTensors(inputs, lengths, this.shape) };
    const graph = inputs[0]?.isPrompt === true ? this.#graphs.prefill : this.#graphs.decoder;
    await guard('decoding', () => graph.run(given, { ...present, logits }));
    for (const cache of caches) cache.length += tokens;
    let row = 0;
    return inputs.map(({ logitRows }) => {
      const from = row;
      row += logitRows.length;
      return logits.data.subarray(from * vocab, row * vocab);
    });
  }

  async close(): Promise<void> {
    for (const session of new Set([...Object.values<GraphSession>({ ...this.#graphs }), this.#vision])) {
      await session?.release();
    }
  }
}

function decoderName(options: GraphRuntimeOptions): string {
  return `decoder${cacheName(options)}`;
}

function cacheName({ cacheScales }: GraphRuntimeOptions): string {
  return cacheScales ? '.int8-cache' : '';
}

function open(name: string, options: GraphRuntimeOptions): Promise<GraphSession> {
  const { backend, graphs, threads } = options;
  const file = nativeFile(name, options) ?? `${name}.onnx`;
  return guard(`loading ${file}`, () => backend.open(join(graphs, file), threads));
}

/** The graph that uses the engine's own operators, where both the backend and the export have them. */
function nativeFile(name: string, { backend, graphs }: GraphRuntimeOptions): string | undefined {
  const file = `${name}.native.onnx`;
  return backend.hasOperators && existsSync(join(graphs, file)) ? file : undefined;
}

/** The engine's own operators have exact rows, and so has a decoder whose products and attention are all theirs. */
function hasExactRows(options: GraphRuntimeOptions): boolean {
  const { prefillWeights, shape } = options;
  const isNative = nativeFile(decoderName(options), options) !== undefined;
  return isNative && takesOwnAttention(shape.headDim) && prefillWeights !== 'int8';
}

function ownCache(cache: unknown): BufferedCache {
  if (cache instanceof BufferedCache) return cache;
  throw new TypeError('the cache was made by another runtime');
}

function scaleTensors(scales: CacheScales, { kvHeads, headDim }: ModelShape): Tensors {
  return Object.fromEntries(
    scales.map((data, index) => [
      `cache_scales.${kvName(index)}`,
      { data: Float32Array.from(data), dims: [1, kvHeads, 1, headDim] },
    ]),
  );
}

function floats(dims: readonly number[]): TensorData & { readonly data: Float32Array } {
  return { data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)), dims };
}
