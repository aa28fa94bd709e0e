import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldenCheckpoint } from '../testing/golden-checkpoint.js';
import { goldenJson, goldenTensors } from '../testing/golden-files.js';
import { goldenFrames } from '../testing/golden-prompts.js';
import type { VideoPart } from '../types.js';
import { preparePrompt } from './prepare-prompt.js';

const { cases } = goldenJson(
  'video/expected.json',
  z.object({
    cases: z.array(
      z.object({
        name: z.string(),
        frames_file: z.string(),
        source_fps: z.number(),
        kwargs: z.object({
          size: z.object({ shortest_edge: z.int(), longest_edge: z.int() }).optional(),
        }),
        frames_indices: z.array(z.int()).default([0]),
        video_grid_thw: z.array(z.tuple([z.int(), z.int(), z.int()])).default([]),
        prompt_ids: z.array(z.int()).default([]),
        prompt_ids_transformers_5_10_plus: z.array(z.int()).default([]),
        error: z.string().optional(),
      }),
    ),
  }),
);
type GoldenVideo = (typeof cases)[number];

const checkpoint = goldenCheckpoint('thinking');

function videoPart({ frames_file, frames_indices, source_fps, kwargs }: GoldenVideo): VideoPart {
  const frames = goldenFrames(`video/${frames_file}`, frames_indices);
  return {
    type: 'video',
    video: { frames, frameIndices: frames_indices, fps: source_fps },
    minPixels: kwargs.size?.shortest_edge,
    maxPixels: kwargs.size?.longest_edge,
  };
}

const prepare = (golden: GoldenVideo, videoPromptForm?: 'nested') =>
  preparePrompt(
    checkpoint,
    { messages: [{ role: 'user', content: [videoPart(golden), { type: 'text', text: 'What happens?' }] }] },
    { maxPromptTokens: 10_000, videoPromptForm },
  );

describe('video prompts and pixels equal the reference', () => {
  it.each(cases.filter(({ error }) => error === undefined))('$name', (golden) => {
    const { ids, media } = prepare(golden);
    expect([...ids]).toEqual(golden.prompt_ids);
    expect([...prepare(golden, 'nested').ids]).toEqual(golden.prompt_ids_transformers_5_10_plus);
    const [video] = media;
    expect([video?.grid.t, video?.grid.h, video?.grid.w]).toEqual(golden.video_grid_thw[0]);
    expect(video?.spans.every(({ start }) => ids[start] === checkpoint.config.tokens.video)).toBe(true);

    const expected = goldenTensors(`video/${golden.name}.safetensors`)('patches_u8').bytes;
    const rows = video!.patches(0, video!.grid.t);
    expect(rows.length).toBe(expected.length);
    let different = 0;
    let largest = 0;
    for (let i = 0; i < rows.length; i++) {
      const levels = Math.abs(Math.round(rows[i]! * 127.5 + 127.5) - expected[i]!);
      if (levels > 0) different += 1;
      largest = Math.max(largest, levels);
    }
    // The reference's torchvision differs from Pillow by so much where it resizes.
    expect(largest).toBeLessThanOrEqual(2);
    expect(different / rows.length).toBeLessThanOrEqual(0.01);
  });

  it('gives any part of a video as it stands in the whole', () => {
    const [video] = prepare(cases.find(({ name }) => name === 'v75_29.97fps')!).media;
    const whole = video!.patches(0, 3);
    expect(video!.patches(1, 3)).toEqual(whole.slice(whole.length / 3));
    expect(() => video!.patches(1, 4)).toThrow(RangeError);
  });

  it('doubles the frame of a one-frame video, which the reference refuses', () => {
    const golden = cases.find(({ error }) => error !== undefined)!;
    const { media, ids } = prepare(golden);
    expect(media[0]?.grid).toEqual({ t: 1, h: 4, w: 6 });
    expect(checkpoint.tokenizer.decode(ids)).toContain('<0.0 seconds>');
  });
});
