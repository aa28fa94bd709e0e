import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decodeModel,
  encodeModel,
  exportCheckpoint,
  readCheckpointConfig,
  type CheckpointConfig,
} from '@qwenvl/exporter';

/** The parts of a serialised graph that are changed; everything else is passed on. */
interface OnnxModel {
  readonly graph: {
    readonly node: readonly { readonly input?: string[]; readonly output?: string[] }[];
    readonly initializer: readonly { readonly name: string }[];
    readonly output: readonly { readonly name: string }[];
  };
}

const types = { f32: 1, i32: 6, i64: 7 } as const;

const value = (name: string, type: keyof typeof types, shape: readonly (number | string)[]): object => {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: types[type], shape: { dim } } } };
};

const node = (opType: string, input: string[], output: string, attribute: object[] = []): object => ({
  name: `text_${output}`,
  opType,
  domain: '',
  input,
  output: [output],
  attribute,
});
const integer = (name: string, i: number): object => ({ name, i, type: 2 });

const tensor = (name: string, data: Float32Array | BigInt64Array, dims: readonly number[]): object => ({
  name,
  dims,
  dataType: data instanceof Float32Array ? types.f32 : types.i64,
  rawData: new Uint8Array(data.buffer),
});

/**
 * One graph from token ids to logits, as Transformers.js expects of `Qwen3ForCausalLM`, over the weights of an export:
 * its embedding and its decoder, with angles computed from positions and no DeepStack. One sequence at a time; logits
 * of the last token only.
 */
function textModel(embedding: OnnxModel, decoder: OnnxModel, config: CheckpointConfig): object {
  const { hiddenSize, headDim, kvHeads, layers, vocabSize, ropeTheta } = config.text;
  const half = headDim / 2;
  const frequencies = Float32Array.from({ length: half }, (_, index) => ropeTheta ** (-index / half));
  const deepstack = config.vision.deepstackBlocks.map((_, index) =>
    tensor(`deepstack_${index}`, new Float32Array(hiddenSize), [1, 1, hiddenSize]),
  );
  const rows = decoder.graph.node.map((each) => ({
    ...each,
    output: (each.output ?? []).map((name) => (name === 'logits' ? 'logits_rows' : name)),
  }));
  // Values and weights of the two graphs are named alike: those of the embedding get names of their own.
  const own = (name: string): string =>
    ['', 'input_ids', 'inputs_embeds'].includes(name) ? name : `embedding_${name}`;
  const lookups = embedding.graph.node.map((each) => ({
    ...each,
    input: (each.input ?? []).map(own),
    output: (each.output ?? []).map(own),
  }));
  const cache = (kind: string, part: string, layer: number, length: string): object =>
    value(`${kind}.${layer}.${part}`, 'f32', ['batch_size', kvHeads, length, headDim]);
  const each = (kind: string, length: string): object[] =>
    Array.from({ length: layers }, (_, layer) => [
      cache(kind, 'key', layer, length),
      cache(kind, 'value', layer, length),
    ]).flat();
  return {
    ...decoder,
    graph: {
      ...decoder.graph,
      node: [
        ...lookups,
        node('Cast', ['position_ids'], 'places', [integer('to', types.f32)]),
        node('Unsqueeze', ['places', 'last_axis'], 'places_column'),
        node('Mul', ['places_column', 'frequencies'], 'angles'),
        node('Cos', ['angles'], 'rotary_cos'),
        node('Sin', ['angles'], 'rotary_sin'),
        node('ReduceSum', ['attention_mask', 'last_axis'], 'attended', [integer('keepdims', 0)]),
        node('Sub', ['attended', 'one'], 'attended_before'),
        node('Cast', ['attended_before'], 'seqlens_k', [integer('to', types.i32)]),
        node('Shape', ['attention_mask'], 'total', [integer('start', 1)]),
        node('Cast', ['total'], 'total_sequence_length', [integer('to', types.i32)]),
        node('Shape', ['input_ids'], 'tokens', [integer('start', 1)]),
        node('Sub', ['tokens', 'one'], 'logit_idx'),
        ...rows,
        node('Unsqueeze', ['logits_rows', 'first_axis'], 'logits'),
      ],
      initializer: [
        ...embedding.graph.initializer.map((stored) => ({ ...stored, name: own(stored.name) })),
        ...decoder.graph.initializer,
        ...deepstack,
        tensor('frequencies', frequencies, [half]),
        tensor('one', BigInt64Array.of(1n), [1]),
        tensor('first_axis', BigInt64Array.of(0n), [1]),
        tensor('last_axis', BigInt64Array.of(-1n), [1]),
      ],
      input: [
        value('input_ids', 'i64', ['batch_size', 'sequence_length']),
        value('attention_mask', 'i64', ['batch_size', 'total_sequence_length']),
        value('position_ids', 'i64', ['batch_size', 'sequence_length']),
        ...each('past_key_values', 'past_sequence_length'),
      ],
      output: [
        value('logits', 'f32', ['batch_size', 1, vocabSize]),
        ...each('present', 'total_sequence_length'),
      ],
    },
  };
}

/** File names that Transformers.js looks for. */
const files = { q4: 'model_q4.onnx', fp32: 'model.onnx' } as const;

/** What Transformers.js reads of a text model's configuration. */
function configuration({ text }: CheckpointConfig): object {
  return {
    architectures: ['Qwen3ForCausalLM'],
    model_type: 'qwen3',
    hidden_size: text.hiddenSize,
    num_hidden_layers: text.layers,
    num_attention_heads: text.heads,
    num_key_value_heads: text.kvHeads,
    head_dim: text.headDim,
    vocab_size: text.vocabSize,
    eos_token_id: text.vocabSize - 1,
  };
}

/**
 * Writes a text model for Transformers.js over an export of the checkpoint into a folder, unless it is there: the
 * same weights, embedding included, so that both engines run the same kernels over the same bytes.
 */
export async function writeTransformersModel(
  checkpoint: string,
  folder: string,
  precision: keyof typeof files = 'q4',
): Promise<void> {
  const onnx = join(folder, 'onnx');
  const file = join(onnx, files[precision]);
  if (await stat(file).catch(() => undefined)) return;
  await mkdir(folder, { recursive: true });
  if (!(await stat(join(onnx, 'manifest.json')).catch(() => undefined)))
    await exportCheckpoint({ source: checkpoint, target: onnx, precision });
  const config = await readCheckpointConfig(checkpoint);
  const read = async (name: string): Promise<OnnxModel> =>
    decodeModel(await readFile(join(onnx, name))) as unknown as OnnxModel;
  const model = textModel(await read('embedding.onnx'), await read('decoder.onnx'), config);
  await writeFile(join(folder, 'config.json'), JSON.stringify(configuration(config)));
  await writeFile(join(folder, 'generation_config.json'), '{}');
  await writeFile(file, encodeModel(model));
}
