import { describe, expect, it } from 'vitest';
import { goldenTensors, maxDifference } from '../testing/golden-files.js';
import { visionPositions } from './vision-positions.js';

const modelSmall = new URL('../../../exporter/fixtures/model_small/', import.meta.url);
const model = goldenTensors(new URL('model.safetensors', modelSmall));
const hidden = 48;
const config = { positionGrid: 48, mergeSize: 2, headDim: 16 };

describe('vision positions equal the reference', () => {
  it.each([
    { name: 'one_image', kind: 'image', grids: [{ t: 1, h: 4, w: 6 }] },
    {
      name: 'two_images',
      kind: 'image',
      grids: [
        { t: 1, h: 4, w: 6 },
        { t: 1, h: 8, w: 4 },
      ],
    },
  ])('$name', ({ name, kind, grids }) => {
    const tensor = goldenTensors(new URL(`${name}.safetensors`, modelSmall));
    const table = Float32Array.from(model('model.visual.pos_embed.weight').numbers());
    const embeddings: number[] = [];
    const angles: [cos: number, sin: number][] = [];
    for (const grid of grids) {
      const patches = grid.h * grid.w;
      const { positionIndex, positionWeight, rotaryCos, rotarySin } = visionPositions(grid, config);
      for (let patch = 0; patch < patches; patch++) {
        for (let column = 0; column < hidden; column++) {
          let sum = 0;
          for (let corner = patch; corner < 4 * patches; corner += patches)
            sum += positionWeight[corner]! * table[Number(positionIndex[corner]!) * hidden + column]!;
          embeddings.push(sum);
        }
      }
      rotaryCos.forEach((cos, i) => angles.push([cos, rotarySin[i]!]));
    }
    expect(maxDifference(embeddings, tensor(`vision.${kind}.pos_embed`).numbers())).toBeLessThan(1e-5);
    const expected = tensor(`vision.${kind}.rot_freqs`).numbers();
    const cosines = angles.map(([cos]) => cos);
    const sines = angles.map(([, sin]) => sin);
    expect(maxDifference(cosines, expected.map(Math.cos))).toBeLessThan(1e-5);
    expect(maxDifference(sines, expected.map(Math.sin))).toBeLessThan(1e-5);
  });
});
