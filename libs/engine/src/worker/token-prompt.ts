import { patchLength, type CheckpointConfig } from '@qwenvl/exporter';
import { EngineError } from '../errors.js';
import { mropePositions } from '../positions/mrope-positions.js';
import { visualRuns } from '../positions/visual-runs.js';
import type { PreparedMedia, PreparedPrompt, TokenSpan } from '../prompt/prepared-prompt.js';
import { digestPatches } from '../vision/digest.js';
import type { TokenTask, TokenTaskMedia } from './protocol.js';

/**
 * Makes a prompt of token ids whose media pads are expanded already, and of patches that were cut elsewhere.
 * @throws EngineError `invalid-request` when pads, grids and patches do not belong together
 */
export function tokenPrompt(
  task: Pick<TokenTask, 'ids' | 'media'>,
  config: CheckpointConfig,
): PreparedPrompt {
  const { ids } = task;
  const { mergeSize } = config.vision;
  if (ids.some((id) => id < 0 || id >= config.text.vocabSize)) {
    throw new EngineError(
      'invalid-request',
      `The prompt has an id outside the vocabulary of ${config.text.vocabSize}.`,
    );
  }
  let cursor = 0;
  const takeSpan = (kind: TokenTaskMedia['kind'], length: number): TokenSpan => {
    const pad = config.tokens[kind];
    const start = ids.indexOf(pad, cursor);
    if (
      start < 0 ||
      ids.subarray(start, start + length).some((id) => id !== pad) ||
      start + length > ids.length
    ) {
      throw new EngineError(
        'invalid-request',
        `The ids have no ${length} ${kind} pads for a grid of that size.`,
      );
    }
    cursor = start + length;
    return { start, length };
  };
  const media = task.media.map(({ kind, grid, patches }): PreparedMedia => {
    const frame = grid.h * grid.w * patchLength(config);
    if (patches.length !== grid.t * frame) {
      throw new EngineError('invalid-request', `A grid of that size needs ${grid.t * frame} patch values.`);
    }
    const length = (grid.h * grid.w) / mergeSize ** 2;
    const spans = Array.from({ length: grid.t }, () => takeSpan(kind, length));
    return {
      kind,
      grid,
      spans,
      patches: (from, to) => patches.slice(from * frame, to * frame),
      digest: () => digestPatches(patches, grid),
    };
  });
  const placed = media.flatMap(({ spans }) => spans).reduce((sum, { length }) => sum + length, 0);
  const pads = ids.filter((id) => id === config.tokens.image || id === config.tokens.video).length;
  if (placed !== pads) throw new EngineError('invalid-request', `${pads - placed} media pads have no media.`);
  return { ids, ...mropePositions(ids.length, visualRuns(media, mergeSize)), media, droppedTurns: 0 };
}
