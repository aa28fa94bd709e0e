import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compose, fitHomography, invert, project, type Homography } from './homography.js';

const small = fc.double({ min: -0.15, max: 0.15, noNaN: true });
const map: fc.Arbitrary<Homography> = fc
  .tuple(small, small, small, small, small, small)
  .map(([a, b, d, e, g, h]) => [1 + a, b, 30, d, 1 + e, -20, g / 1000, h / 1000, 1]);

const GRID = [0, 150, 300].flatMap((x) => [0, 100, 200].map((y) => ({ x, y })));

describe('fitHomography', () => {
  it('recovers a map from exact points', () => {
    fc.assert(
      fc.property(map, (h) => {
        const fitted = fitHomography(GRID.map((from) => ({ from, to: project(h, from) })));
        expect(fitted).toBeDefined();
        for (const point of GRID) {
          const [a, b] = [project(fitted ?? [], point), project(h, point)];
          expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThan(0.01);
        }
      }),
    );
  });

  it('uses points of which only the line is known', () => {
    const h = [1.1, 0.05, 12, -0.04, 0.95, 7, 0.0002, 0.0001, 1];
    const points = GRID.map((from, index) => {
      const to = project(h, from);
      return { from, to: index < 5 ? to : { y: to.y } };
    });
    const fitted = fitHomography(points);
    const last = GRID.at(-1) ?? { x: 0, y: 0 };
    expect(project(fitted ?? [], last).x).toBeCloseTo(project(h, last).x, 1);
  });

  it('gives nothing for too few points', () => {
    expect(fitHomography([{ from: { x: 0, y: 0 }, to: { x: 0, y: 0 } }])).toBeUndefined();
  });

  it('is undone by its inverse', () => {
    fc.assert(
      fc.property(map, (h) => {
        const back = invert(h);
        expect(back).toBeDefined();
        const point = project(compose(back ?? [], h), { x: 120, y: 60 });
        expect(Math.hypot(point.x - 120, point.y - 60)).toBeLessThan(1e-6);
      }),
    );
  });

  it('has no inverse where the plane collapses', () => {
    expect(invert([1, 1, 0, 1, 1, 0, 0, 0, 1])).toBeUndefined();
  });
});
