/** Visual tokens that share one picture: an image, or one temporal patch of a video. */
export interface VisualRun {
  /** Index of its first token. */
  readonly start: number;
  /** Tokens down and across (patches divided by the merge size). */
  readonly rows: number;
  readonly columns: number;
}

export interface MropePositions {
  /** `[3, tokens]`: time, height, width. */
  readonly positions: Int32Array;
  /** The position after the last, minus the number of tokens. */
  readonly ropeDelta: number;
}

/**
 * Positions of a prompt. Text advances all three axes together; a visual run keeps time still, spreads height and
 * width over its rows and columns, and the text after it goes on from the larger side. Equals `get_rope_index` of
 * `Qwen3VLModel`, where the time within a video is told by text alone.
 *
 * @param tokens length of the prompt
 * @param runs in order, not overlapping, inside the prompt
 */
export function mropePositions(tokens: number, runs: readonly VisualRun[]): MropePositions {
  const positions = new Int32Array(3 * tokens);
  let next = 0;
  let token = 0;
  const put = (time: number, height: number, width: number): void => {
    positions[token] = time;
    positions[tokens + token] = height;
    positions[2 * tokens + token] = width;
    token += 1;
  };
  const text = (end: number): void => {
    while (token < end) put(next, next, next++);
  };
  for (const { start, rows, columns } of runs) {
    text(start);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) put(next, next + row, next + column);
    next += Math.max(rows, columns);
  }
  text(tokens);
  return { positions, ropeDelta: next - tokens };
}
