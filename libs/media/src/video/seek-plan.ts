import { isOneOf, type DecodeRun } from './ffmpeg-arguments.js';
import type { VideoInfo } from './video-info.js';

/** What starting another run costs, in decoded frames. */
const RUN_COST = 40;
/** Runs of one instance stay well below the number at which the WebAssembly build breaks. */
const MAX_RUNS = 24;
/** Seeking must save so much to be preferred over the plain way. */
const WORTHWHILE = 0.5;

/** Frames that one seek reaches: it starts at the key frame before the first of them. */
interface Group {
  /** Position of the key frame in order of decoding. */
  readonly key: number;
  readonly keyPts: number;
  readonly targets: number[];
  /** Position of the farthest target. */
  last: number;
}

/**
 * Plans to jump from key frame to key frame instead of decoding everything, if that spares at least half of the work.
 *
 * @param pts time stamps of the wanted frames, ascending, in ticks.
 * @returns the runs, in order; undefined where decoding from the start is better.
 */
export function planSeeks(info: VideoInfo, pts: readonly number[]): DecodeRun[] | undefined {
  const positions = new Map(info.packets.map((packet, position) => [packet.pts, position]));
  const groups: Group[] = [];
  for (const target of pts) {
    const position = positions.get(target);
    if (position === undefined) return undefined;
    const key = keyBefore(info, position, target);
    const current = groups.at(-1);
    if (current !== undefined && (key === current.key || key - current.last < RUN_COST)) {
      current.targets.push(target);
      current.last = Math.max(current.last, position);
    } else {
      groups.push({ key, keyPts: info.packets[key]?.pts ?? 0, targets: [target], last: position });
    }
  }
  const cost = groups.reduce((sum, group) => sum + RUN_COST + group.last - group.key, 0);
  const plain = RUN_COST + Math.max(...groups.map((group) => group.last));
  if (groups.length > MAX_RUNS || cost > plain * WORTHWHILE) return undefined;
  return groups.map(({ keyPts, targets }) => ({
    select: isOneOf('pts', targets),
    frames: targets.length,
    seekTo: keyPts * info.timeBase,
  }));
}

/** The nearest key frame from which a frame can be decoded; one shown later only leads frames before itself. */
function keyBefore(info: VideoInfo, position: number, target: number): number {
  for (let i = position; i > 0; i -= 1) {
    const packet = info.packets[i];
    if (packet?.isKey === true && packet.pts <= target) return i;
  }
  return 0;
}
