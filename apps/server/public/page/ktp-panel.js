import { announce } from './announce.js';
import { request, RequestError } from './api.js';
import { askForApiKey } from './api-key.js';
import { byId, element, showMessage } from './dom.js';
import { ktpPicture } from './ktp-picture.js';
import { ktpTable, remarkOf } from './ktp-table.js';
import { takeFiles } from './take-files.js';

/** Wires the panel that reads identity cards. */
export function startKtp() {
  const panel = byId('ktp', HTMLElement);
  const busy = byId('ktp-busy', HTMLElement);
  const problem = byId('ktp-error', HTMLElement);
  const place = byId('ktp-result', HTMLElement);
  let latest = new AbortController();

  /** @param {File} file */
  const read = async (file) => {
    latest.abort();
    const current = new AbortController();
    latest = current;
    busy.hidden = false;
    showMessage(problem, undefined);
    place.replaceChildren();
    announce('Reading the card.');
    try {
      const result = await readCard(file, current.signal);
      place.replaceChildren(...resultView(file, result));
      announce(`The card was read, with ${result.warnings.length} remarks.`);
    } catch (error) {
      if (current.signal.aborted) return;
      if (!(error instanceof RequestError)) console.error(error);
      showMessage(problem, error instanceof Error ? error.message : String(error));
      if (error instanceof RequestError && error.status === 401) askForApiKey();
    }
    busy.hidden = true;
  };

  byId('ktp-drop', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
  takeFiles({
    place: panel,
    input: byId('ktp-file', HTMLInputElement),
    onFiles: ([file]) => {
      if (file !== undefined) void read(file);
    },
  });
}

/**
 * @param {File} file
 * @param {AbortSignal} signal
 * @returns {Promise<import('./ktp-fields.js').KtpResult>}
 */
async function readCard(file, signal) {
  const body = new FormData();
  body.append('image', file);
  return (await request('/ktp-ocr/', { method: 'POST', body, signal })).json();
}

/**
 * @param {File} file
 * @param {import('./ktp-fields.js').KtpResult} result
 */
function resultView(file, result) {
  /** @param {string | undefined} field */
  const mark = (field) => {
    picture.mark(field);
    table.mark(field);
  };
  const picture = ktpPicture(file, result, mark);
  const table = ktpTable(result, mark);
  const general = result.warnings.filter(({ field }) => field === null).map(remarkOf);
  const remarks = element('ul', { className: 'remarks' }, ...general);
  return general.length > 0 ? [remarks, picture.view, table.view] : [picture.view, table.view];
}
