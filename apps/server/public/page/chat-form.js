import { AttachmentTray } from './attachment-tray.js';
import { Chat } from './chat.js';
import { byId, showMessage } from './dom.js';
import { takeFiles } from './take-files.js';
import { Transcript } from './transcript.js';

/**
 * Wires the chat panel.
 *
 * @param {() => string} modelId
 */
export function startChat(modelId) {
  const form = byId('composer', HTMLFormElement);
  const prompt = byId('prompt', HTMLTextAreaElement);
  const problem = byId('composer-error', HTMLElement);
  const send = byId('send', HTMLButtonElement);
  const stop = byId('stop', HTMLButtonElement);
  const tray = new AttachmentTray(byId('tray', HTMLElement), (message) => showMessage(problem, message));
  let isRunning = false;

  const transcript = new Transcript(byId('turns', HTMLElement), byId('welcome', HTMLElement), () => {
    chat.retry();
    prompt.focus();
  });
  const chat = new Chat(transcript, modelId, (running) => {
    isRunning = running;
    send.hidden = running;
    stop.hidden = !running;
    stop.disabled = false;
  });

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = prompt.value.trim();
    if (isRunning || (text === '' && tray.isEmpty)) return;
    showMessage(problem, undefined);
    prompt.value = '';
    prompt.focus();
    chat.ask(text, tray.take());
  });
  prompt.addEventListener('keydown', (event) => {
    // An input method's Enter chooses a word, it does not send.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  stop.addEventListener('click', () => {
    // Before the button goes, or the focus would be lost with it.
    prompt.focus();
    stop.disabled = true;
    void chat.stop();
  });
  byId('new-chat', HTMLButtonElement).addEventListener('click', () => {
    void chat.clear();
    prompt.focus();
  });
  takeFiles({
    place: byId('chat', HTMLElement),
    input: byId('files', HTMLInputElement),
    onFiles: (files) => {
      showMessage(problem, undefined);
      void tray.add(files);
    },
  });
  chat.start();
}
