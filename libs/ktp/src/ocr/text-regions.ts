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
  const seen = new Uint8Array(map.width * map.height);
  const regions: TextRegion[] = [];
  for (let start = 0; start < seen.length && regions.length < MAX_REGIONS; start++) {
    if (seen[start] === 1 || (map.values[start] ?? 0) <= PIXEL_THRESHOLD) continue;
    const region = describe(collect(map, seen, start));
    if (region) regions.push(region);
  }
  return regions;
}

interface Component {
  readonly border: Point[];
  readonly count: number;
  readonly sum: number;
}

/** Flood fill over the eight neighbours. */
function collect(map: ProbabilityMap, seen: Uint8Array, start: number): Component {
  const { width, height, values } = map;
  const stack = [start];
  const border: Point[] = [];
  let count = 0;
  let sum = 0;
  seen[start] = 1;
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    count++;
    sum += values[at] ?? 0;
    let inner = true;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const nx = x + dx;
        const ny = y + dy;
        const next = ny * width + nx;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || (values[next] ?? 0) <= PIXEL_THRESHOLD) {
          inner = false;
        } else if (seen[next] === 0) {
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    if (!inner) border.push({ x, y }, { x: x + 1, y: y + 1 });
  }
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
