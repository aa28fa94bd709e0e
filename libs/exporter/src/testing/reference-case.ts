import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCheckpointConfig } from '../config/parse-checkpoint-config.js';
import { MODEL_SMALL, readGolden, type GoldenTensor } from './golden.js';
import type { GraphRunner, Outputs } from './run-graphs.js';

/** Patch grid: frames, height, width. */
export type Grid = readonly [number, number, number];

interface CaseTable {
  readonly cases: Readonly<
    Record<
      string,
      { readonly input_ids: number[]; readonly image_grid_thw?: Grid[]; readonly video_grid_thw?: Grid[] }
    >
  >;
  readonly continuation: Readonly<
    Record<string, { readonly generated: number[]; readonly appended: number[]; readonly rope_delta: number }>
  >;
}

/** Config of the small reference checkpoint. */
export const smallConfig = parseCheckpointConfig(
  JSON.parse(readFileSync(join(MODEL_SMALL, 'config.json'), 'utf8')),
);

/** The reference's table of cases. */
export const referenceTable = JSON.parse(
  readFileSync(join(MODEL_SMALL, 'expected.json'), 'utf8'),
) as CaseTable;

/** One reference case: its prompt, its media, and the tensors that the reference computed. */
export class ReferenceCase {
  readonly ids: readonly number[];
  readonly #tensors: ReadonlyMap<string, GoldenTensor>;
  readonly #grids: { readonly image: readonly Grid[]; readonly video: readonly Grid[] };

  constructor(name: string) {
    const row = referenceTable.cases[name];
    if (!row) throw new Error(`No case ${name}`);
    this.ids = row.input_ids;
    this.#grids = { image: row.image_grid_thw ?? [], video: row.video_grid_thw ?? [] };
    this.#tensors = readGolden(name);
  }

  /** Kinds of media in the prompt. */
  get media(): ('image' | 'video')[] {
    return (['image', 'video'] as const).filter((kind) => this.#grids[kind].length > 0);
  }

  /** `[3, tokens]` */
  get positions(): number[] {
    return [...this.floats('position_ids')];
  }

  floats(key: string): Float32Array {
    const tensor = this.#tensors.get(key);
    if (!tensor) throw new Error(`No tensor ${key}`);
    return tensor.data;
  }

  /** The vision graph's outputs for all pictures of a kind, joined. */
  async vision(runner: GraphRunner, kind: 'image' | 'video'): Promise<Outputs> {
    const raw = this.floats(kind === 'image' ? 'input.pixel_values_u8' : 'input.pixel_values_videos_u8');
    const pixels = raw.map((value) => (value - 127.5) / 127.5);
    const joined: Record<string, number[]> = {};
    let start = 0;
    for (const [frames, height, width] of this.#grids[kind]) {
      const end = start + frames * height * width * 1536;
      const outputs = await runner.vision(pixels.slice(start, end), frames, height, width);
      for (const [key, values] of Object.entries(outputs)) (joined[key] ??= []).push(...values);
      start = end;
    }
    return Object.fromEntries(
      Object.entries(joined).map(([key, values]) => [key, Float32Array.from(values)]),
    );
  }

  /** The reference's DeepStack features at their tokens, zeros elsewhere, `[tokens, hidden]` each. */
  deepstack(): Float32Array[] {
    const { hiddenSize } = smallConfig.text;
    return smallConfig.vision.deepstackBlocks.map((_, index) => {
      const rows = new Float32Array(this.ids.length * hiddenSize);
      for (const kind of this.media) {
        const feature = this.floats(`vision.${kind}.deepstack_${index}`);
        const rowsOfKind = [...this.ids.keys()].filter((row) => this.ids[row] === smallConfig.tokens[kind]);
        for (const [next, row] of rowsOfKind.entries()) {
          rows.set(feature.subarray(next * hiddenSize, (next + 1) * hiddenSize), row * hiddenSize);
        }
      }
      return rows;
    });
  }

  /** The whole prompt through the decoder, from the reference's embeddings. */
  async prefill(
    runner: GraphRunner,
    graph: 'decoder' | 'prefill' = 'decoder',
  ): ReturnType<GraphRunner['decode']> {
    return runner.decode({
      graph,
      embeds: this.floats('inputs_embeds'),
      positions: this.positions,
      deepstack: this.deepstack(),
    });
  }
}
