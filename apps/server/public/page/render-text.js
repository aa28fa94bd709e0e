import { element } from './dom.js';

/**
 * Shows a model's text: paragraphs keep their line breaks, ``` fences become code blocks, everything else stays
 * as it is written. Only blocks that changed are touched, so that a growing answer keeps the user's selection.
 *
 * @param {HTMLElement} place
 * @param {string} text
 */
export function renderText(place, text) {
  const blocks = toBlocks(text);
  blocks.forEach(({ tag, text: content }, index) => {
    const shown = place.children[index];
    if (shown?.tagName === tag.toUpperCase()) {
      const target = shown.firstElementChild ?? shown;
      if (target.textContent !== content) target.textContent = content;
      return;
    }
    const made =
      tag === 'pre'
        ? element('pre', { tabIndex: 0 }, element('code', { textContent: content }))
        : element('p', { textContent: content });
    if (shown === undefined) place.append(made);
    else shown.replaceWith(made);
  });
  while (place.children.length > blocks.length) place.lastElementChild?.remove();
}

/**
 * @param {string} text
 * @returns {{ tag: 'p' | 'pre', text: string }[]}
 */
function toBlocks(text) {
  /** @type {{ tag: 'p' | 'pre', lines: string[] }[]} */
  const blocks = [{ tag: 'p', lines: [] }];
  for (const line of text.split('\n')) {
    const last = blocks[blocks.length - 1];
    if (/^\s*```/.test(line)) blocks.push({ tag: last?.tag === 'pre' ? 'p' : 'pre', lines: [] });
    else last?.lines.push(line);
  }
  return blocks
    .map(({ tag, lines }) => ({ tag, text: tag === 'p' ? lines.join('\n').trim() : lines.join('\n') }))
    .filter(({ tag, text: content }) => tag === 'pre' || content !== '');
}
