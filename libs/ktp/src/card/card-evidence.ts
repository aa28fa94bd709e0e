import type { RgbImage } from '../imaging/rgb-image.js';
import type { Cancellation } from '../ocr/cancellation.js';
import { cropLine } from '../ocr/crop-line.js';
import { decodeGreedy } from '../ocr/ctc.js';
import type { LineRecogniser } from '../ocr/text-recogniser.js';
import type { LineBox } from './line-boxes.js';
import { matchLabel } from './labels.js';

/** Words that stand on every identity card and together on little else. */
const TELLTALE =
  /OVINSI|UPATEN|LAKI-?LAKI|REMPUAN|EUMUR|HIDUP|KAWIN|ISLAM|KRISTEN|KATH?OLIK|HINDU|BUDD?HA|^\W*WNI\W*$|DARAH|\d{9}|\d\d-\d\d-\d{4}|TGL ?LAHIR|WARGANEG|CAMATAN|KEL\/?DESA|RT\/?RW/;
/** Lines read at most: enough to decide, and bounded. */
const MAX_LINES = 24;

/** Counts the lines that only an identity card has, for a picture in which the card could not be placed. */
export async function countEvidence(
  image: RgbImage,
  lines: readonly LineBox[],
  recogniser: LineRecogniser,
  signal?: Cancellation,
): Promise<number> {
  const longest = [...lines].sort((a, b) => b.width - a.width).slice(0, MAX_LINES);
  const posteriors = await recogniser.recognise(
    longest.map((line) => cropLine(image, line.quad)),
    signal,
  );
  return posteriors.filter((line) => {
    const text = decodeGreedy(line)
      .map((glyph) => glyph.character)
      .join('');
    return TELLTALE.test(text.toUpperCase()) || matchLabel(text) !== undefined;
  }).length;
}
