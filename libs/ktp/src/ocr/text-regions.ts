import type { Point } from '../geometry/point.js';
import { minimumAreaBox, type OrientedBox } from './oriented-box.js';

/** How likely each pixel belongs to text, shape `[height, width]`, values `[0, 1]`. */
export interface ProbabilityMap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Where text was found, in pixels of the map. */
export interface TextRegion {
  readonly box: OrientedBox;
  /** Mean probability inside, `[0, 1]`. */
  readonly score: number;
}

/** A pixel counts as text from here; the network's own training threshold (Liao et al. 2020, section 3.4). */
const PIXEL_THRESHOLD = 0.3;
/** Regions whose mean probability is lower are texture. */
const REGION_THRESHOLD = 0.5;
/** The network marks a shrunken core of each line; grown back by area * ratio / perimeter. */
const UNCLIP_RATIO = 1.6;
/** Shorter cores are specks, in pixels. */
const MIN_SIDE = 3;
/** Most regions kept: a card has about 40 lines. */
const MAX_REGIONS = 200;

/** Differentiable-binarisation post-processing: threshold, connected pixels, smallest rectangle, growth. */
export function findTextRegions(map: ProbabilityMap): TextRegion[] {
  const open = new Uint8Array(map.width * map.height);
  for (let i = 0; i < open.length; i++) open[i] = (map.values[i] ?? 0) > PIXEL_THRESHOLD ? 1 : 0;
  const regions: TextRegion[] = [];
  for (let start = 0; start < open.length && regions.length < MAX_REGIONS; start++) {
    if (open[start] === 0) continue;
    const region = describe(collect(map, open, start));
    if (region) regions.push(region);
  }
  return regions;
}

interface Component {
  /** Upper left and lower right corners of the outermost pixels of each row. */
  readonly border: Point[];
  readonly count: number;
  readonly sum: number;
}

/** Flood fill over the eight neighbours. `open` is 1 where text was not collected yet, shape `[height, width]`. */
function collect({ width, height, values }: ProbabilityMap, open: Uint8Array, start: number): Component {
  const stack = [start];
  const ends = new Map<number, { first: number; last: number }>();
  let count = 0;
  let sum = 0;
  open[start] = 0;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    count++;
    sum += values[at] ?? 0;
    const row = ends.get(y);
    if (!row) ends.set(y, { first: x, last: x });
    else if (x < row.first) row.first = x;
    else if (x > row.last) row.last = x;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const next = ny * width + nx;
        if (open[next] === 0) continue;
        open[next] = 0;
        stack.push(next);
      }
    }
  }
  const border = [...ends].flatMap(([y, { first, last }]) => [
    { x: first, y },
    { x: last, y },
    { x: first + 1, y: y + 1 },
    { x: last + 1, y: y + 1 },
  ]);
  return { border, count, sum };
}

function describe({ border, count, sum }: Component): TextRegion | undefined {
  const core = minimumAreaBox(border);
  if (!core || core.height < MIN_SIDE || sum / count < REGION_THRESHOLD) return undefined;
  const growth = (2 * (core.width * core.height * UNCLIP_RATIO)) / (2 * (core.width + core.height));
  return {
    box: { ...core, width: core.width + growth, height: core.height + growth },
    score: sum / count,
  };
}
