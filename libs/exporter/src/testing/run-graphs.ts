import * as ort from 'onnxruntime-node';
import { join } from 'node:path';
import type { CheckpointConfig } from '../config/checkpoint-config.js';
import { mrope, visionPositions } from './positions.js';

/** Outputs of a run, by name. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** A KV cache as the decoder hands it on. */
export interface Cache {
  readonly length: number;
  readonly tensors: Readonly<Record<string, ort.Tensor>>;
}

/** One decoder step over a single sequence. */
export interface DecoderStep {
  readonly embeds: Float32Array;
  /** `[3, tokens]` */
  readonly positions: readonly number[];
  /** `[tokens, hidden]` each; zeros when absent. */
  readonly deepstack?: readonly Float32Array[];
  readonly cache?: Cache;
  /** Graph to run; `decoder` by default. */
  readonly graph?: 'decoder' | 'prefill';
  /** Rows of logits; all by default. */
  readonly rows?: readonly number[];
}

/** Runs exported graphs with onnxruntime the straightforward way. */
export class GraphRunner {
  readonly #folder: string;
  readonly #config: CheckpointConfig;
  readonly #sessions = new Map<string, ort.InferenceSession>();

  constructor(folder: string, config: CheckpointConfig) {
    this.#folder = folder;
    this.#config = config;
  }

  async vision(pixels: Float32Array, frames: number, height: number, width: number): Promise<Outputs> {
    const { headDim, positionGrid } = this.#config.vision;
    const patches = height * width;
    const { index, weight, cos, sin } = visionPositions(height, width, { side: positionGrid, headDim });
    return this.#run('vision', {
      pixel_values: new ort.Tensor('float32', pixels, [frames, patches, pixels.length / frames / patches]),
      position_index: new ort.Tensor('int64', index, [4, patches]),
      position_weight: new ort.Tensor('float32', weight, [4, patches]),
      rotary_cos: new ort.Tensor('float32', cos, [patches, headDim / 2]),
      rotary_sin: new ort.Tensor('float32', sin, [patches, headDim / 2]),
    });
  }

  async embed(ids: readonly number[]): Promise<Float32Array> {
    const input = new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [ids.length]);
    return (await this.#run('embedding', { input_ids: input }))['inputs_embeds'] ?? new Float32Array();
  }

  async decode(step: DecoderStep): Promise<Outputs & { cache: Cache }> {
    const { text, vision } = this.#config;
    const tokens = step.positions.length / 3;
    const length = (step.cache?.length ?? 0) + tokens;
    const { cos, sin } = mrope(step.positions, {
      headDim: text.headDim,
      theta: text.ropeTheta,
      section: text.mropeSection,
    });
    const rows = step.rows ?? Array.from({ length: tokens }, (_, row) => row);
    const feeds: Record<string, ort.Tensor> = {
      inputs_embeds: new ort.Tensor('float32', step.embeds, [1, tokens, text.hiddenSize]),
      rotary_cos: new ort.Tensor('float32', cos, [1, tokens, text.headDim / 2]),
      rotary_sin: new ort.Tensor('float32', sin, [1, tokens, text.headDim / 2]),
      seqlens_k: new ort.Tensor('int32', [length - 1], [1]),
      total_sequence_length: new ort.Tensor('int32', [length], [1]),
      logit_idx: new ort.Tensor('int64', BigInt64Array.from(rows, BigInt), [rows.length]),
      ...(step.cache?.tensors ?? emptyCache(text)),
    };
    for (const [index] of vision.deepstackBlocks.entries()) {
      const feature = step.deepstack?.[index];
      feeds[`deepstack_${index}`] = feature
        ? new ort.Tensor('float32', feature, [1, tokens, text.hiddenSize])
        : new ort.Tensor('float32', new Float32Array(text.hiddenSize), [1, 1, text.hiddenSize]);
    }
    const tensors = await (await this.#session(step.graph ?? 'decoder')).run(feeds);
    const cache = Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith('present.'))
        .map(([name, tensor]) => [name.replace('present.', 'past_key_values.'), tensor]),
    );
    return Object.assign(toArrays(tensors), { cache: { length, tensors: cache } });
  }

  /** One token each for several sequences, their caches padded to one capacity; logits `[sequences, vocab]`. */
  async decodeBatch(steps: readonly { cache: Cache; id: number; position: number }[]): Promise<Float32Array> {
    const { text, vision } = this.#config;
    const batch = steps.length;
    const lengths = steps.map(({ cache }) => cache.length + 1);
    const capacity = Math.max(...lengths) + 3;
    const positions = [0, 1, 2].flatMap(() => steps.map(({ position }) => position));
    const angles = mrope(positions, {
      headDim: text.headDim,
      theta: text.ropeTheta,
      section: text.mropeSection,
    });
    const feeds: Record<string, ort.Tensor> = {
      inputs_embeds: new ort.Tensor('float32', await this.embed(steps.map(({ id }) => id)), [
        batch,
        1,
        text.hiddenSize,
      ]),
      rotary_cos: new ort.Tensor('float32', angles.cos, [batch, 1, text.headDim / 2]),
      rotary_sin: new ort.Tensor('float32', angles.sin, [batch, 1, text.headDim / 2]),
      seqlens_k: new ort.Tensor(
        'int32',
        Int32Array.from(lengths, (length) => length - 1),
        [batch],
      ),
      total_sequence_length: new ort.Tensor('int32', [Math.max(...lengths)], [1]),
      logit_idx: new ort.Tensor('int64', BigInt64Array.from(steps.keys(), BigInt), [batch]),
    };
    for (const [index] of vision.deepstackBlocks.entries()) {
      feeds[`deepstack_${index}`] = new ort.Tensor('float32', new Float32Array(text.hiddenSize), [
        1,
        1,
        text.hiddenSize,
      ]);
    }
    for (const name of Object.keys(emptyCache(text))) {
      feeds[name] = joinCaches(
        steps.map(({ cache }) => cache.tensors[name]),
        [batch, text.kvHeads, capacity, text.headDim],
      );
    }
    return (await this.#run('decoder', feeds))['logits'] ?? new Float32Array();
  }

  async release(): Promise<void> {
    for (const session of this.#sessions.values()) await session.release();
  }

  async #run(graph: string, feeds: Record<string, ort.Tensor>): Promise<Outputs> {
    return toArrays(await (await this.#session(graph)).run(feeds));
  }

  async #session(graph: string): Promise<ort.InferenceSession> {
    let session = this.#sessions.get(graph);
    if (!session) {
      session = await ort.InferenceSession.create(join(this.#folder, `${graph}.onnx`), {
        intraOpNumThreads: 1,
      });
      this.#sessions.set(graph, session);
    }
    return session;
  }
}

function emptyCache({ layers, kvHeads, headDim }: CheckpointConfig['text']): Record<string, ort.Tensor> {
  const cache: Record<string, ort.Tensor> = {};
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ['key', 'value']) {
      const empty = new ort.Tensor('float32', new Float32Array(0), [1, kvHeads, 0, headDim]);
      cache[`past_key_values.${layer}.${part}`] = empty;
    }
  }
  return cache;
}

function joinCaches(caches: readonly (ort.Tensor | undefined)[], dims: number[]): ort.Tensor {
  const [, heads = 0, capacity = 0, headDim = 0] = dims;
  const joined = new Float32Array(dims.reduce((product, axis) => product * axis, 1));
  for (const [sequence, cache] of caches.entries()) {
    const data: unknown = cache?.data;
    if (!(data instanceof Float32Array)) throw new TypeError('The cache is not f32');
    const length = data.length / heads;
    for (let head = 0; head < heads; head++) {
      const rows = data.subarray(head * length, (head + 1) * length);
      joined.set(rows, (sequence * heads + head) * capacity * headDim);
    }
  }
  return new ort.Tensor('float32', joined, dims);
}

function toArrays(tensors: ort.InferenceSession.OnnxValueMapType): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => !name.startsWith('present.'))
      .map(([name, tensor]): [string, Float32Array] => {
        const data: unknown = tensor.data;
        if (!(data instanceof Float32Array)) throw new TypeError(`${name} is not f32`);
        return [name, data];
      }),
  );
}
