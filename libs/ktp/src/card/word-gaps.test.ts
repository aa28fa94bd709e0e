import { describe, expect, it } from 'vitest';

import type { RgbImage } from '../imaging/rgb-image.js';
import { joinWithSpaces } from './word-gaps.js';

const FONT_SIZE = 36;

/** A white line with one black block a letter: left edge and width in pixels. */
function drawBlocks(blocks: readonly (readonly [number, number])[], width: number): RgbImage {
  const data = new Uint8Array(width * 48 * 3).fill(230);
  for (const [left, size] of blocks) {
    for (let y = 12; y < 36; y++) data.fill(20, (y * width + left) * 3, (y * width + left + size) * 3);
  }
  return { width, height: 48, data };
}

function glyphs(text: string, centres: readonly number[], width: number) {
  return Array.from(text, (character, i) => ({
    character,
    confidence: 1,
    position: (centres[i] ?? 0) / width,
  }));
}

describe('joinWithSpaces', () => {
  const line = drawBlocks(
    [
      [10, 20],
      [34, 20],
      [68, 20],
      [92, 20],
    ],
    130,
  );
  const centres = [20, 44, 78, 102];

  it('puts a space where the print is white for longer than the letters are', () => {
    expect(joinWithSpaces(line, glyphs('NONA', centres, 130), FONT_SIZE)).toBe('NO NA');
  });

  it('knows how much white a letter carries itself', () => {
    // The same gap is a wide one between round letters, and nearly none beside full stops.
    const narrow = drawBlocks(
      [
        [10, 20],
        [38, 20],
      ],
      70,
    );
    expect(joinWithSpaces(narrow, glyphs('VA', [20, 48], 70), FONT_SIZE)).toBe('V A');
    expect(joinWithSpaces(narrow, glyphs('I.', [20, 48], 70), FONT_SIZE)).toBe('I.');
  });

  it('drops spaces that the recogniser saw and the print does not show', () => {
    const seen = glyphs('NO NA', [20, 44, 60, 78, 102], 130);
    const tight = drawBlocks(
      [
        [10, 20],
        [34, 20],
        [58, 20],
        [82, 20],
      ],
      120,
    );
    expect(joinWithSpaces(tight, glyphs('NO NA', [20, 44, 56, 68, 92], 120), FONT_SIZE)).toBe('NONA');
    expect(joinWithSpaces(line, seen, FONT_SIZE)).toBe('NO NA');
  });

  it('reads an empty line as nothing', () => {
    expect(joinWithSpaces(drawBlocks([], 40), [], FONT_SIZE)).toBe('');
  });
});
