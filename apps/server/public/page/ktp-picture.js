import { element } from './dom.js';
import { KTP_FIELDS, stateOf } from './ktp-fields.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * The picture with a box over each value that was read. The table next to it says the same in words, so the
 * boxes are hidden from screen readers.
 *
 * @param {Blob} file
 * @param {import('./ktp-fields.js').KtpResult} result
 * @param {(field: string | undefined) => void} onPoint told over which value's box the pointer is
 */
export function ktpPicture(file, { detail }, onPoint) {
  const image = element('img', { alt: 'The card', src: URL.createObjectURL(file) });
  const overlay = document.createElementNS(SVG, 'svg');
  overlay.setAttribute('aria-hidden', 'true');
  const boxes = new Map(
    [...KTP_FIELDS.keys()].flatMap((field) => {
      const found = detail[field];
      return found?.box ? [[field, boxOf(found.box, stateOf(found))]] : [];
    }),
  );
  for (const [field, box] of boxes) {
    box.addEventListener('pointerenter', () => onPoint(field));
    box.addEventListener('pointerleave', () => onPoint(undefined));
  }
  overlay.append(...boxes.values());
  image.addEventListener('load', () => {
    // Boxes are in the picture's own pixels, after the turn that its camera noted; so are these.
    overlay.setAttribute('viewBox', `0 0 ${image.naturalWidth} ${image.naturalHeight}`);
    URL.revokeObjectURL(image.src);
  });
  const view = element('div', { className: 'ktp-picture' }, image, overlay);
  image.addEventListener('error', () => {
    view.replaceChildren('This browser cannot show the picture; the server could read it.');
  });
  return {
    view,
    /** @param {string | undefined} field */
    mark: (field) => {
      for (const [name, box] of boxes) box.classList.toggle('marked', name === field);
    },
  };
}

/**
 * @param {import('./ktp-fields.js').Point[]} corners
 * @param {string} state
 */
function boxOf(corners, state) {
  const box = document.createElementNS(SVG, 'polygon');
  box.setAttribute('points', corners.map(({ x, y }) => `${x},${y}`).join(' '));
  box.setAttribute('class', state);
  return box;
}
