import { expect, it } from 'vitest';
import { goldenCheckpoint } from '../testing/golden-checkpoint.js';
import { goldenContent, goldenPrompts } from '../testing/golden-prompts.js';
import { preparePrompt } from './prepare-prompt.js';

it.each(goldenPrompts())('whole prompts and their positions equal the reference: $name', async (golden) => {
  const prompt = preparePrompt(
    goldenCheckpoint('thinking'),
    { messages: [{ role: 'user', content: await goldenContent(golden) }] },
    { maxPromptTokens: 1000 },
  );
  expect([...prompt.ids]).toEqual(golden.input_ids);
  expect([...prompt.positions]).toEqual(golden.position_ids.flat());
  expect(prompt.ropeDelta).toBe(golden.rope_delta);
  const grids = (kind: string) =>
    prompt.media.filter((media) => media.kind === kind).map(({ grid: { t, h, w } }) => [t, h, w]);
  expect(grids('image')).toEqual(golden.image_grid_thw);
  expect(grids('video')).toEqual(golden.video_grid_thw);
});
