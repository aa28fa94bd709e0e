import { stretchContrast } from '../imaging/contrast.js';
import type { RgbImage } from '../imaging/rgb-image.js';
import type { Cancellation } from '../ocr/cancellation.js';
import { cropLine } from '../ocr/crop-line.js';
import type { Posteriors } from '../ocr/ctc.js';
import type { LineRecogniser } from '../ocr/text-recogniser.js';
import { scaleCell, type Cell } from './cells.js';
import { NIK_ROW } from './layout.js';
import { matchDigits } from './nik-digits.js';
import { decideNik, lookThroughRecogniser, type NikReading } from './read-nik.js';
import type { CardPose } from './rectify.js';

/** From this probability on the NIK is not looked at again. */
const CERTAIN = 0.97;
/** How much taller the cut of the last look is. */
const TALLER = 1.25;
const DIGITS = 16;

/**
 * Reads the NIK with as many looks as it takes: the recogniser; then the shapes of OCR-A; and where those two
 * disagree, the recogniser again on a stretched contrast and on a taller cut.
 *
 * @param line the cell's picture, and `own` what the recogniser made of it
 */
export async function readNik(
  image: RgbImage,
  cell: Cell,
  line: RgbImage,
  own: Posteriors,
  pose: CardPose,
  recogniser: LineRecogniser,
  signal?: Cancellation,
): Promise<NikReading> {
  const first = lookThroughRecogniser(own);
  const alone = decideNik([first]);
  if (alone.confidence >= CERTAIN && alone.text.length === DIGITS) return alone;
  const left = cell.frame[0].x;
  const scale = line.width / (cell.frame[1].x - left);
  const grid = {
    left: (NIK_ROW.left - left) * scale,
    pitch: ((NIK_ROW.right - NIK_ROW.left) / DIGITS) * scale,
    centre: line.height / 2,
  };
  const shapes = matchDigits(line, grid);
  const both = decideNik([first], shapes);
  if (both.looks.every((look) => look === both.text) && both.confidence >= CERTAIN) return both;
  const others = [stretchContrast(line), cropLine(image, scaleCell(cell, TALLER, pose).quad)];
  const again = await recogniser.recognise(others, signal);
  return decideNik([first, ...again.map(lookThroughRecogniser)], shapes);
}
