import type { CheckpointConfig } from '@qwenvl/exporter';
import { mropePositions, type VisualRun } from '../positions/mrope-positions.js';
import type { PreparedMedia, PreparedPrompt, TokenSpan } from '../prompt/prepared-prompt.js';
import type { GoldenCase, GoldenTensors } from './golden.js';

/** A prompt as the reference got it: token ids and 8-bit patch rows instead of messages and pictures. */
export function goldenPrompt(
  golden: GoldenCase,
  tensors: GoldenTensors,
  config: CheckpointConfig,
): PreparedPrompt {
  const spans = mediaSpans(golden.input_ids, config);
  const area = config.vision.mergeSize ** 2;
  const media: PreparedMedia[] = [];
  const offsets = { image: 0, video: 0 };
  const grids = { image: [...(golden.image_grid_thw ?? [])], video: [...(golden.video_grid_thw ?? [])] };
  while (spans.length > 0) {
    const kind = spans[0]?.kind ?? 'image';
    const [t, h, w] = grids[kind].shift() ?? [0, 0, 0];
    const own = takeTokens(spans, t, (h * w) / area);
    const rows = u8(tensors, kind === 'image' ? 'input.pixel_values_u8' : 'input.pixel_values_videos_u8');
    const frame = h * w * patchLengthOf(config);
    const start = offsets[kind];
    offsets[kind] += t * frame;
    media.push({
      kind,
      grid: { t, h, w },
      spans: own,
      patches: (from, to) =>
        Float32Array.from(
          rows.subarray(start + from * frame, start + to * frame),
          (byte) => (byte - 127.5) / 127.5,
        ),
    });
  }
  const runs: VisualRun[] = media.flatMap(({ grid, spans: own }) =>
    own.map(({ start }) => ({
      start,
      rows: grid.h / config.vision.mergeSize,
      columns: grid.w / config.vision.mergeSize,
    })),
  );
  const ids = Int32Array.from(golden.input_ids);
  return { ids, ...mropePositions(ids.length, runs), media, droppedTurns: 0 };
}

interface MediaSpan extends TokenSpan {
  readonly kind: 'image' | 'video';
}

/** Runs of media pads in the prompt. */
function mediaSpans(ids: readonly number[], { tokens }: CheckpointConfig): MediaSpan[] {
  const spans: MediaSpan[] = [];
  for (let start = 0; start < ids.length;) {
    const id = ids[start];
    let end = start + 1;
    while (ids[end] === id) end++;
    if (id === tokens.image) spans.push({ kind: 'image', start, length: end - start });
    if (id === tokens.video) spans.push({ kind: 'video', start, length: end - start });
    start = end;
  }
  return spans;
}

/** Takes `count` spans of `length` tokens from the front; pictures that touch share one run of pads. */
function takeTokens(spans: MediaSpan[], count: number, length: number): TokenSpan[] {
  return Array.from({ length: count }, () => {
    const first = spans.shift();
    if (!first || first.length < length) throw new Error('the prompt has too few media tokens');
    if (first.length > length)
      spans.unshift({ ...first, start: first.start + length, length: first.length - length });
    return { start: first.start, length };
  });
}

function patchLengthOf({ vision }: CheckpointConfig): number {
  return vision.channels * vision.temporalPatchSize * vision.patchSize ** 2;
}

function u8(tensors: GoldenTensors, name: string): Uint8Array {
  const data = tensors.get(name);
  if (data instanceof Uint8Array) return data;
  throw new Error(`no u8 tensor ${name}`);
}
