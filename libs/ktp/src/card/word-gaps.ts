import type { RgbImage } from '../imaging/rgb-image.js';
import type { Glyph } from '../ocr/ctc.js';
import { LETTER_BEARINGS } from './letter-bearings.js';

/** White beyond what the two letters carry themselves, from which on there is a space; a space is 0.278 of the font size. */
const SPACE_THRESHOLD = 0.115;
/** Less white suffices where the recogniser saw a space as well. */
const SEEN_SPACE_THRESHOLD = 0.08;
/** A column holds ink when it is this share as dark as the darkest letters. */
const INK_SHARE = 0.42;
const UNLISTED: readonly [number, number] = [45, 45];

/**
 * Joins glyphs to a text with the spaces that the print shows. The recogniser loses most spaces between words;
 * the white between two letters, less the white that belongs to the letters, shows them.
 *
 * @param line the picture that the glyphs were read from
 * @param fontSize size of the print in pixels of the line
 */
export function joinWithSpaces(line: RgbImage, glyphs: readonly Glyph[], fontSize: number): string {
  const ink = inkColumns(line);
  let text = '';
  let previous: Glyph | undefined;
  let seenSpace = false;
  for (const glyph of glyphs) {
    if (glyph.character === ' ') {
      seenSpace = true;
      continue;
    }
    if (previous) {
      const gap = widestGap(ink, previous.position * line.width, glyph.position * line.width) / fontSize;
      const own = (bearings(previous)[1] + bearings(glyph)[0]) / 1000;
      if (gap - own > (seenSpace ? SEEN_SPACE_THRESHOLD : SPACE_THRESHOLD)) text += ' ';
    }
    text += glyph.character;
    previous = glyph;
    seenSpace = false;
  }
  return text;
}

function bearings(glyph: Glyph): readonly [number, number] {
  return LETTER_BEARINGS[glyph.character.toUpperCase()] ?? UNLISTED;
}

/** For each column how much ink it holds, relative to the darkest letters; negative where it is empty. */
function inkColumns(line: RgbImage): Float32Array {
  const top = Math.round(line.height * 0.16);
  const bottom = Math.round(line.height * 0.84);
  const paper = new Float32Array(line.width);
  const darkest = new Float32Array(line.width);
  const levels = new Float32Array(bottom - top);
  for (let x = 0; x < line.width; x++) {
    for (let y = top; y < bottom; y++) {
      const at = (y * line.width + x) * 3;
      levels[y - top] =
        (line.data[at] ?? 0) * 0.3 + (line.data[at + 1] ?? 0) * 0.59 + (line.data[at + 2] ?? 0) * 0.11;
    }
    levels.sort();
    paper[x] = percentile(levels, 0.75);
    darkest[x] = percentile(levels, 0.03);
  }
  const smoothPaper = runningMaximum(paper, line.height);
  const darkness = darkest.map((value, x) => Math.max(0, (smoothPaper[x] ?? 0) - value));
  const full = percentile(darkness.slice().sort(), 0.85);
  return darkness.map((value) => (full > 0 ? value / full - INK_SHARE : -1));
}

/** The lightest paper within half a line height on both sides: under a letter no paper shows. */
function runningMaximum(values: Float32Array, window: number): Float32Array {
  const half = Math.round(window / 2);
  return values.map((_, x) =>
    values.subarray(Math.max(0, x - half), x + half + 1).reduce((a, b) => Math.max(a, b), 0),
  );
}

function percentile(sorted: Float32Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Width of the widest empty stretch between two places, with its ends interpolated, in columns. */
function widestGap(ink: Float32Array, from: number, to: number): number {
  let widest = 0;
  let start: number | undefined;
  const last = Math.min(ink.length - 1, Math.ceil(to));
  for (let x = Math.max(0, Math.floor(from)); x <= last; x++) {
    const value = ink[x] ?? 0;
    if (value < 0) {
      start ??= x - crossing(ink[x - 1] ?? 0, value);
      if (x === last) widest = Math.max(widest, x - start);
    } else if (start !== undefined) {
      widest = Math.max(widest, x - 1 + crossing(value, ink[x - 1] ?? 0) - start);
      start = undefined;
    }
  }
  return widest;
}

/** How far from the empty column towards the full one the level crosses zero, `[0, 1]`. */
function crossing(full: number, empty: number): number {
  return full > empty ? Math.min(1, -empty / (full - empty)) : 0;
}
