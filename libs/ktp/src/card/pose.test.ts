import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { project, type Homography } from '../geometry/homography.js';
import type { Point } from '../geometry/point.js';
import type { OrientedBox } from '../ocr/oriented-box.js';
import { findCells } from './cells.js';
import { LABELS } from './labels.js';
import { FIRST_ROW_Y, HEADER, NIK_ROW, ROW_PITCH } from './layout.js';
import { dominantDirection, orientBoxes, type LineBox } from './line-boxes.js';
import { belowAddress, findPose, type FoundLabel } from './rectify.js';

/** A text line of the card's frame as it appears in a picture. */
function line(toPicture: Homography, left: number, right: number, y: number): LineBox {
  const at = (x: number, dy: number): Point => project(toPicture, { x, y: y + dy });
  const [box] = orientBoxes([boxOf([at(left, -10), at(right, -10), at(right, 10), at(left, 10)])], 0);
  if (!box) throw new Error('the line is not a box');
  return box;
}

function boxOf([a, b, c, d]: readonly [Point, Point, Point, Point]): OrientedBox {
  return {
    centre: { x: (a.x + b.x + c.x + d.x) / 4, y: (a.y + b.y + c.y + d.y) / 4 },
    width: Math.hypot(b.x - a.x, b.y - a.y),
    height: Math.hypot(d.x - a.x, d.y - a.y),
    angle: Math.atan2(b.y - a.y, b.x - a.x),
  };
}

/** Labels, values and the NIK of a card, with a second address line when `extraRows` is 1. */
function drawCard(toPicture: Homography, extraRows: number): { found: FoundLabel[]; boxes: LineBox[] } {
  const down = (y: number, below: boolean) => y + (below ? extraRows * ROW_PITCH : 0);
  const found = LABELS.map((label) => ({
    label,
    box: line(toPicture, label.x - 3, label.x + 80, down(label.y, belowAddress(label))),
  }));
  const values = LABELS.filter(({ key }) => key !== 'nik').map((label) =>
    line(toPicture, 188, 360, down(label.y, belowAddress(label))),
  );
  const nik = line(toPicture, NIK_ROW.left - 3, NIK_ROW.right + 3, NIK_ROW.y);
  const second = extraRows > 0 ? [line(toPicture, 197, 300, FIRST_ROW_Y + 4 * ROW_PITCH)] : [];
  return { found, boxes: [...found.map(({ box }) => box), ...values, nik, ...second] };
}

describe('findPose', () => {
  it('places a tilted card in perspective, with one or two address lines', () => {
    const tilt = fc.double({ min: -0.2, max: 0.2, noNaN: true });
    const perspective = fc.double({ min: -0.0001, max: 0.0001, noNaN: true });
    fc.assert(
      fc.property(tilt, perspective, perspective, fc.constantFrom(0, 1), (angle, g, h, extraRows) => {
        const [cos, sin] = [1.3 * Math.cos(angle), 1.3 * Math.sin(angle)];
        const toPicture = [cos, -sin, 220, sin, cos, 160, g, h, 1];
        const { found, boxes } = drawCard(toPicture, extraRows);
        const pose = findPose(found, boxes);
        expect(pose?.extraRows).toBe(extraRows);
        const corner = pose && project(pose.toPicture, { x: 480, y: 300 });
        const truth = project(toPicture, { x: 480, y: 300 });
        expect(Math.hypot((corner?.x ?? 0) - truth.x, (corner?.y ?? 0) - truth.y)).toBeLessThan(8);
        const keys = pose ? findCells(pose, found, boxes).map(({ key }) => key) : [];
        expect(keys).toContain('nik');
        expect(keys.includes('alamat_2')).toBe(extraRows === 1);
      }),
    );
  });

  it('keeps the beginning of a header that reaches as far left as the colons', () => {
    const toPicture = [1.2, 0, 10, 0, 1.2, 10, 0, 0, 1];
    const { found, boxes } = drawCard(toPicture, 0);
    const pose = findPose(found, boxes);
    const cells = pose ? findCells(pose, found, [...boxes, line(toPicture, 152, 588, HEADER.provinceY)]) : [];
    const header = cells.find(({ key }) => key === 'provinsi');
    expect(header?.hasColon).toBe(false);
    expect(header?.frame[0].x).toBeLessThan(152);
    expect(cells.find(({ key }) => key === 'nama')?.hasColon).toBe(true);
  });

  it('never throws on labels and boxes at random places', () => {
    const coordinate = fc.double({ min: -50, max: 1500, noNaN: true });
    const box = fc
      .record({
        centre: fc.record({ x: coordinate, y: coordinate }),
        width: fc.double({ min: 1, max: 600, noNaN: true }),
        height: fc.double({ min: 1, max: 60, noNaN: true }),
        angle: fc.double({ min: -1.57, max: 1.57, noNaN: true }),
      })
      .map((one) => ({ ...one, width: Math.max(one.width, one.height) }));
    fc.assert(
      fc.property(fc.array(box, { maxLength: 30 }), fc.shuffledSubarray([...LABELS]), (random, labels) => {
        const boxes = orientBoxes(random, dominantDirection(random));
        const found = labels.flatMap((label, index) => {
          const at = boxes[index];
          return at ? [{ label, box: at }] : [];
        });
        const pose = findPose(found, boxes);
        if (pose) for (const cell of findCells(pose, found, boxes)) expect(cell.quad).toHaveLength(4);
      }),
      { numRuns: 500 },
    );
  });
});

describe('dominantDirection', () => {
  it('follows the long lines and is 0 without any', () => {
    const box = (angle: number, width: number) => ({ centre: { x: 0, y: 0 }, width, height: 20, angle });
    expect(dominantDirection([])).toBe(0);
    expect(dominantDirection([box(0.2, 300), box(0.22, 200), box(-0.6, 280)])).toBeCloseTo(0.208, 2);
    expect(Math.abs(dominantDirection([box(1.56, 300), box(-1.56, 300)]))).toBeGreaterThan(1.5);
  });
});
