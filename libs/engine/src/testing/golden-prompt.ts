import { patchLength, type CheckpointConfig } from '@qwenvl/exporter';
import type { TokenTask, TokenTaskMedia } from '../worker/protocol.js';
import type { GoldenCase, GoldenTensors } from './golden.js';

/** A prompt as the reference got it: token ids and normalised patch rows instead of messages and pictures. */
export function goldenPrompt(
  golden: GoldenCase,
  tensors: GoldenTensors,
  config: CheckpointConfig,
): Pick<TokenTask, 'ids' | 'media'> {
  const media = [
    ...cut('image', golden.image_grid_thw, 'input.pixel_values_u8', tensors, config),
    ...cut('video', golden.video_grid_thw, 'input.pixel_values_videos_u8', tensors, config),
  ];
  const first = ({ kind }: TokenTaskMedia): number => golden.input_ids.indexOf(config.tokens[kind]);
  return { ids: Int32Array.from(golden.input_ids), media: media.sort((a, b) => first(a) - first(b)) };
}

function cut(
  kind: TokenTaskMedia['kind'],
  grids: GoldenCase['image_grid_thw'],
  name: string,
  tensors: GoldenTensors,
  config: CheckpointConfig,
): TokenTaskMedia[] {
  let offset = 0;
  return (grids ?? []).map(([t, h, w]) => {
    const length = t * h * w * patchLength(config);
    const rows = tensors(name).bytes.subarray(offset, offset + length);
    offset += length;
    return { kind, grid: { t, h, w }, patches: Float32Array.from(rows, (byte) => (byte - 127.5) / 127.5) };
  });
}
