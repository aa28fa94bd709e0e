import type { CheckpointConfig } from '../config/checkpoint-config.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { DataFilePlan, fitBlocks, type Encoding, type PlannedWeight } from '../weights/weight-plan.js';
import type { GraphPlan } from './graph-plan.js';
import { rotateNode } from './rotate-node.js';

/**
 * Token ids `[tokens]` to embeddings `[tokens, hidden]`, and the table, which a tied head reads too.
 * @param rotatedColumns groups of so many columns are rotated in the table, and turned back by the graph
 */
export function planEmbedding(
  config: CheckpointConfig,
  encoding: Encoding,
  rotatedColumns?: number,
): { plan: GraphPlan; table: PlannedWeight } {
  const { vocabSize, hiddenSize } = config.text;
  const graph = new GraphBuilder('embedding');
  const data = new DataFilePlan('embedding.onnx.data');
  const table = data.add(
    'model.language_model.embed_tokens.weight',
    [vocabSize, hiddenSize],
    tableEncoding(encoding, hiddenSize),
    { rotatedColumns },
  );
  const ids = graph.input('input_ids', 'i64', ['tokens']);
  const rows = gatherRows(graph, table, ids);
  const embeds =
    rotatedColumns === undefined ? rows : rotateNode(graph, rows, hiddenSize, rotatedColumns, [-1]);
  graph.output('inputs_embeds', embeds, 'f32', ['tokens', hiddenSize]);
  return { plan: { name: 'embedding', model: graph.encode(), data }, table };
}

/** GatherBlockQuantized knows no padding: a table whose rows are no whole blocks of any size is stored as fp16 instead. */
function tableEncoding(encoding: Encoding, hiddenSize: number): Encoding {
  const fitting = fitBlocks(encoding, hiddenSize);
  return fitting.kind === 'blocks' && hiddenSize % fitting.blockSize !== 0 ? { kind: 'f16' } : fitting;
}

/** Rows of a table by their numbers, `[ids]` to `[ids, columns]`. */
export function gatherRows(graph: GraphBuilder, table: PlannedWeight, ids: string): string {
  const { source, rows, columns, encoding, values, scales, zeros } = table;
  if (encoding.kind === 'blocks' && scales) {
    const packed = graph.stored(`${source}.q`, values, [rows, (columns * encoding.bits) / 8]);
    const inputs = [packed, ids, graph.stored(`${source}.scales`, scales)];
    if (zeros) inputs.push(graph.stored(`${source}.zeros`, zeros));
    return graph.node('com.microsoft.GatherBlockQuantized', inputs, {
      bits: encoding.bits,
      block_size: encoding.blockSize,
      gather_axis: 0,
      quantize_axis: 1,
    });
  }
  const gathered = graph.node('Gather', [graph.stored(source, values), ids], { axis: 0 });
  return values.dataType === 'f16' ? graph.node('Cast', [gathered], { to: 1 }) : gathered;
}
