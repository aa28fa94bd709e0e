import type { Grid, TokenSpan } from '../prompt/prepared-prompt.js';
import type { VisualRun } from './mrope-positions.js';

/** The runs of visual tokens that media with known places take, one for each temporal patch. */
export function visualRuns(
  media: readonly { readonly grid: Grid; readonly spans: readonly TokenSpan[] }[],
  mergeSize: number,
): VisualRun[] {
  return media.flatMap(({ grid, spans }) =>
    spans.map(({ start }) => ({ start, rows: grid.h / mergeSize, columns: grid.w / mergeSize })),
  );
}
