import { keepAttachment } from './attachment-store.js';
import { attachmentView } from './attachment-view.js';
import { newId } from './conversation.js';
import { element } from './dom.js';

/** @typedef {import('./conversation.js').Attachment} Attachment */

/** In base64 this is what the server's default limit of 64 MiB for a request holds. */
const MOST_BYTES = 47 * 1024 * 1024;

/** The files that go with the next message. */
export class AttachmentTray {
  /** @type {{ attachment: Attachment, bytes: number }[]} */
  #items = [];
  #list;
  #onProblem;

  /**
   * @param {HTMLElement} list
   * @param {(message: string) => void} onProblem told why a file was not taken
   */
  constructor(list, onProblem) {
    this.#list = list;
    this.#onProblem = onProblem;
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  /** @param {Iterable<File>} files */
  async add(files) {
    for (const file of files) {
      const kind = kindOf(file);
      const name = file.name || 'pasted picture';
      const total = this.#items.reduce((sum, { bytes }) => sum + bytes, file.size);
      if (kind === undefined) this.#onProblem(`${name} is neither an image nor a video.`);
      else if (total > MOST_BYTES) this.#onProblem(`${name} is too large: one message takes 47 MiB.`);
      else {
        const attachment = { id: newId(), name, kind };
        await keepAttachment(attachment.id, file);
        this.#items.push({ attachment, bytes: file.size });
      }
    }
    this.#show();
  }

  /** Everything in the tray, which is empty then. */
  take() {
    const taken = this.#items.map(({ attachment }) => attachment);
    this.#items = [];
    this.#show();
    return taken;
  }

  #show() {
    this.#list.hidden = this.isEmpty;
    this.#list.replaceChildren(
      ...this.#items.map(({ attachment }) => {
        const remove = element('button', { type: 'button', className: 'remove', textContent: '×' });
        remove.ariaLabel = `Remove ${attachment.name}`;
        remove.addEventListener('click', () => {
          this.#items = this.#items.filter((item) => item.attachment !== attachment);
          this.#show();
        });
        return element('li', {}, attachmentView(attachment), remove);
      }),
    );
  }
}

/**
 * @param {File} file
 * @returns {'image' | 'video' | undefined}
 */
function kindOf({ type }) {
  if (type.startsWith('image/')) return 'image';
  return type.startsWith('video/') ? 'video' : undefined;
}
