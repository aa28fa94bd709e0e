import type { RgbImage } from '../imaging/rgb-image.js';
import type { Cancellation } from '../ocr/cancellation.js';
import { cropLine } from '../ocr/crop-line.js';
import { decodeGreedy } from '../ocr/ctc.js';
import type { LineRecogniser } from '../ocr/text-recogniser.js';
import { LABELS, matchLabel, type LabelKey } from './labels.js';
import type { LineBox } from './line-boxes.js';
import { ahead, offset, type FoundLabel } from './rectify.js';

/** Labels differ within their first letters: this much of a line, in heights, tells them apart. */
const PREFIX_LENGTH = 2.6;

/** Reads the beginning of each row and names the labels among them, from top to bottom. */
export async function findLabels(
  image: RgbImage,
  boxes: readonly LineBox[],
  recogniser: LineRecogniser,
  signal?: Cancellation,
): Promise<FoundLabel[]> {
  const starts = boxes.filter((box) => !boxes.some((other) => other !== box && precedes(other, box)));
  const lines = starts.map((box) => cropLine(image, prefix(box)));
  const posteriors = await recogniser.recognise(lines, signal);
  const best = new Map<LabelKey, FoundLabel & { error: number }>();
  for (const [index, box] of starts.entries()) {
    const line = posteriors[index];
    const reading = line
      ? decodeGreedy(line)
          .map((glyph) => glyph.character)
          .join('')
      : '';
    const match = matchLabel(reading);
    if (!match) continue;
    const known = best.get(match.label.key);
    if (!known || match.error < known.error) best.set(match.label.key, { ...match, box });
  }
  return inPrintedOrder([...best.values()]);
}

/** Whether `other` stands on the same row further left. */
function precedes(other: LineBox, box: LineBox): boolean {
  return offset(box, other) < 0.55 && ahead(other, box) > -0.3 * box.height;
}

function prefix(box: LineBox): LineBox['quad'] {
  const share = Math.min(1, (PREFIX_LENGTH * box.height) / box.width);
  const [topLeft, topRight, bottomRight, bottomLeft] = box.quad;
  const between = (a: LineBox['left'], b: LineBox['left']) => ({
    x: a.x + (b.x - a.x) * share,
    y: a.y + (b.y - a.y) * share,
  });
  return [topLeft, between(topLeft, topRight), between(bottomLeft, bottomRight), bottomLeft];
}

/** The longest run of labels that stand below one another as they are printed; what breaks it was misread. */
function inPrintedOrder(found: readonly FoundLabel[]): FoundLabel[] {
  const rank = new Map(LABELS.map((label, index) => [label.key, index]));
  const first = found.at(0);
  if (!first) return [];
  const ux = (first.box.right.x - first.box.left.x) / first.box.width;
  const uy = (first.box.right.y - first.box.left.y) / first.box.width;
  const down = (item: FoundLabel) => item.box.left.y * ux - item.box.left.x * uy;
  const sorted = [...found].sort((a, b) => down(a) - down(b));
  const runs: FoundLabel[][] = [];
  for (const item of sorted) {
    let longest: FoundLabel[] = [];
    for (const run of runs) {
      const last = run.at(-1);
      const follows = last && (rank.get(last.label.key) ?? 0) < (rank.get(item.label.key) ?? 0);
      if (follows && run.length > longest.length) longest = run;
    }
    runs.push([...longest, item]);
  }
  return runs.reduce((a, b) => (b.length > a.length ? b : a), []);
}
