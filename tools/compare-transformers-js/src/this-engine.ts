import type { Checkpoint, PreparedPrompt } from '@qwenvl/engine/preprocessing';
import { preparePrompt } from '@qwenvl/engine/preprocessing';
import { attempt, mapAttempt } from './cell.js';
import type { Library } from './library.js';

/** This engine's preprocessing. */
export function thisEngine(checkpoint: Checkpoint): Library {
  return {
    name: '@qwenvl/engine',
    async run({ images, videos, text, prompt: reference }) {
      const messages = [{ role: 'user', content: [...images, ...videos, text] }] as const;
      const prompt = await attempt<PreparedPrompt>(() =>
        preparePrompt(checkpoint, { messages }, { maxPromptTokens: 262_144 }),
      );
      return {
        grids: mapAttempt(prompt, ({ media }) => media.map(({ grid }) => [grid.t, grid.h, grid.w])),
        pixels: mapAttempt(prompt, ({ media }) => media.map((medium) => medium.patches(0, medium.grid.t))),
        ids: mapAttempt(prompt, ({ ids }) => Array.from(ids)),
        positions:
          reference &&
          mapAttempt(prompt, ({ positions, ropeDelta }) => ({ positions: Array.from(positions), ropeDelta })),
      };
    },
  };
}
