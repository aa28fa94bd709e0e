import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCheckpointConfig } from './config/parse-checkpoint-config.js';
import { planGraphs } from './graphs/plan-graphs.js';
import { CheckpointReader } from './safetensors/checkpoint-reader.js';
import { maxDifference, MODEL_SMALL, readGolden, type GoldenTensor } from './testing/golden.js';
import { GraphRunner, type Outputs } from './testing/run-graphs.js';
import { writeGraphs } from './write-graphs.js';

const expected = JSON.parse(await readFile(join(MODEL_SMALL, 'expected.json'), 'utf8')) as {
  cases: Record<
    string,
    { input_ids: number[]; image_grid_thw?: Grid[]; video_grid_thw?: Grid[]; rope_delta: number }
  >;
  continuation: Record<string, { generated: number[]; appended: number[] }>;
};
type Grid = [number, number, number];
const config = parseCheckpointConfig(JSON.parse(await readFile(join(MODEL_SMALL, 'config.json'), 'utf8')));
const { layers, hiddenSize } = config.text;

let folder: string;
let runner: GraphRunner;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-golden-'));
  const reader = await CheckpointReader.open(MODEL_SMALL);
  await writeGraphs(planGraphs(config, { precision: 'fp32', blockSize: 64, exposeHidden: true }), {
    reader,
    folder,
  });
  await reader.close();
  runner = new GraphRunner(folder, config);
});

afterAll(async () => {
  await runner.release();
  await rm(folder, { recursive: true });
});

describe.each(Object.keys(expected.cases))('the reference case %s', (name) => {
  const golden = readGolden(name);
  const { input_ids: ids, image_grid_thw: images = [], video_grid_thw: videos = [] } = expected.cases[name]!;

  it('has the reference vision features and DeepStack features', async () => {
    for (const [kind, grids] of [
      ['image', images],
      ['video', videos],
    ] as const) {
      if (grids.length === 0) continue;
      const outputs = await visionOf(golden, kind, grids);
      for (const [output, values] of Object.entries(outputs)) {
        expect(maxDifference(values, floats(golden, `vision.${kind}.${output}`)), output).toBeLessThan(1e-4);
      }
    }
  });

  it('has the reference hidden states and logits', async () => {
    const embeds = floats(golden, 'inputs_embeds');
    const positions = positionsOf(golden);
    const deepstack = scatterDeepstack(golden, ids);
    const outputs = await runner.decode({ embeds, positions, deepstack });
    for (let layer = 0; layer < layers; layer++) {
      const difference = maxDifference(
        outputs[`hidden_${layer}`]!,
        floats(golden, `layer_${layer}.out_before_deepstack`),
      );
      expect(difference, `layer ${layer}`).toBeLessThan(5e-4);
    }
    expect(maxDifference(outputs['logits']!, floats(golden, 'logits'))).toBeLessThan(2e-4);
  });
});

async function visionOf(
  golden: ReadonlyMap<string, GoldenTensor>,
  kind: 'image' | 'video',
  grids: readonly Grid[],
): Promise<Outputs> {
  const raw = golden.get(kind === 'image' ? 'input.pixel_values_u8' : 'input.pixel_values_videos_u8')!;
  const pixels = Float32Array.from(raw.data as Uint8Array, (value) => (value - 127.5) / 127.5);
  const parts: Outputs[] = [];
  let start = 0;
  for (const [frames, height, width] of grids) {
    const end = start + frames * height * width * 1536;
    parts.push(await runner.vision(pixels.slice(start, end), frames, height, width));
    start = end;
  }
  return Object.fromEntries(
    Object.keys(parts[0]!).map((key) => [key, Float32Array.from(parts.flatMap((part) => [...part[key]!]))]),
  );
}

function scatterDeepstack(golden: ReadonlyMap<string, GoldenTensor>, ids: readonly number[]): Float32Array[] {
  return config.vision.deepstackBlocks.map((_, index) => {
    const rows = new Float32Array(ids.length * hiddenSize);
    for (const [kind, token] of [
      ['image', config.tokens.image],
      ['video', config.tokens.video],
    ] as const) {
      const feature = golden.get(`vision.${kind}.deepstack_${index}`)?.data as Float32Array | undefined;
      if (!feature) continue;
      let next = 0;
      for (const [row, id] of ids.entries()) {
        if (id !== token) continue;
        rows.set(feature.subarray(next, next + hiddenSize), row * hiddenSize);
        next += hiddenSize;
      }
    }
    return rows;
  });
}

function positionsOf(golden: ReadonlyMap<string, GoldenTensor>): number[] {
  return Array.from(golden.get('position_ids')!.data as BigInt64Array, Number);
}

function floats(golden: ReadonlyMap<string, GoldenTensor>, key: string): Float32Array {
  return golden.get(key)!.data as Float32Array;
}
