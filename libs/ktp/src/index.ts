/**
 * @module
 */
export { OCCUPATIONS } from './fields/occupations.js';
export type { RgbImage } from './imaging/rgb-image.js';
export { warp } from './imaging/warp.js';
export {
  fitHomography,
  invert,
  project,
  type Correspondence,
  type Homography,
} from './geometry/homography.js';
