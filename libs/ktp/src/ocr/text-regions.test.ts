import { describe, expect, it } from 'vitest';

import { boxCorners, minimumAreaBox } from './oriented-box.js';
import { findTextRegions, type ProbabilityMap } from './text-regions.js';

/** A map with bars of text: centre, length, thickness and angle each. */
function drawBars(bars: readonly (readonly [number, number, number, number, number])[]): ProbabilityMap {
  const [width, height] = [200, 120];
  const values = new Float32Array(width * height);
  for (const [cx, cy, length, thickness, angle] of bars) {
    for (let i = 0; i < values.length; i++) {
      const dx = (i % width) + 0.5 - cx;
      const dy = Math.floor(i / width) + 0.5 - cy;
      const along = dx * Math.cos(angle) + dy * Math.sin(angle);
      const across = dy * Math.cos(angle) - dx * Math.sin(angle);
      if (Math.abs(along) < length / 2 && Math.abs(across) < thickness / 2) values[i] = 0.9;
    }
  }
  return { width, height, values };
}

describe('findTextRegions', () => {
  it('finds each bar with its direction and lets it grow by its own thickness', () => {
    const regions = findTextRegions(
      drawBars([
        [100, 30, 120, 8, 0],
        [90, 80, 80, 8, 0.3],
      ]),
    );
    expect(regions).toHaveLength(2);
    const [flat, tilted] = regions;
    expect(flat?.box.angle).toBeCloseTo(0, 2);
    expect(tilted?.box.angle).toBeCloseTo(0.3, 1);
    expect(flat?.box.centre.x).toBeCloseTo(100, 0);
    const growth = (120 * 8 * 1.6) / (120 + 8);
    expect(Math.abs((flat?.box.height ?? 0) - (8 + growth))).toBeLessThan(1);
  });

  it('finds nothing in an empty map and leaves specks out', () => {
    expect(findTextRegions(drawBars([]))).toEqual([]);
    expect(findTextRegions(drawBars([[50, 50, 2, 2, 0]]))).toEqual([]);
  });
});

describe('boxCorners', () => {
  it('begins reading at the top left of the text, also upside down', () => {
    const box = minimumAreaBox([
      { x: 0, y: 0 },
      { x: 40, y: 0 },
      { x: 40, y: 10 },
      { x: 0, y: 10 },
    ]);
    expect(box).toBeDefined();
    if (!box) return;
    const round = (value: number) => Math.round(value) + 0;
    const corner = (direction: number) => {
      const [first] = boxCorners(box, direction);
      return [round(first.x), round(first.y)];
    };
    expect(corner(0.1)).toEqual([0, 0]);
    expect(corner(Math.PI)).toEqual([40, 10]);
    expect(corner(Math.PI / 2)).toEqual([40, 0]);
  });
});
