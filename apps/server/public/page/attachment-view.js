import { findAttachment } from './attachment-store.js';
import { element } from './dom.js';

/**
 * A small picture of what was attached; its name where it cannot be shown.
 *
 * @param {import('./conversation.js').Attachment} attachment
 */
export function attachmentView({ id, name, kind }) {
  const view = element('span', { className: 'thumbnail', title: name });
  void findAttachment(id).then((file) => {
    if (file === undefined) return view.replaceChildren(name);
    const src = URL.createObjectURL(file);
    const media =
      kind === 'image'
        ? element('img', { src, alt: name })
        : element('video', { src, muted: true, controls: true, preload: 'metadata', ariaLabel: name });
    const release = () => URL.revokeObjectURL(src);
    if (kind === 'image') media.addEventListener('load', release);
    media.addEventListener('error', () => {
      release();
      view.replaceChildren(name);
    });
    view.replaceChildren(media);
  });
  return view;
}
