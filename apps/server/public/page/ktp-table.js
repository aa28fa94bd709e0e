import { element } from './dom.js';
import { KTP_FIELDS, stateOf } from './ktp-fields.js';

/** @typedef {import('./ktp-fields.js').KtpResult} KtpResult */
/** @typedef {import('./ktp-fields.js').Warning} Warning */

/** What a severity is called where its colour cannot be seen. */
const SEVERITIES = { error: 'Wrong', warning: 'Check', information: 'Note' };

/**
 * The values with their confidence and remarks.
 *
 * @param {KtpResult} result
 * @param {(field: string | undefined) => void} onPoint told over which value's row the pointer is
 */
export function ktpTable({ detail }, onPoint) {
  const rows = new Map(
    [...KTP_FIELDS].flatMap(([field, label]) => {
      const found = detail[field];
      return found === undefined ? [] : [[field, rowOf(label, found)]];
    }),
  );
  for (const [field, row] of rows) {
    row.addEventListener('pointerenter', () => onPoint(field));
    row.addEventListener('pointerleave', () => onPoint(undefined));
  }
  const head = ['Field', 'Value', 'Confidence'].map((text) =>
    element('th', { scope: 'col', textContent: text }),
  );
  const view = element(
    'table',
    {},
    element('caption', { textContent: 'What the card says' }),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows.values()),
  );
  return {
    view,
    /** @param {string | undefined} field */
    mark: (field) => {
      for (const [name, row] of rows) row.classList.toggle('marked', name === field);
    },
  };
}

/**
 * @param {string} label
 * @param {import('./ktp-fields.js').FieldDetail} detail
 */
function rowOf(label, detail) {
  const { value, confidence, other, warnings } = detail;
  const remarks = warnings.map(remarkOf);
  if (other !== null) remarks.push(element('li', { textContent: `The other reader read: ${other}` }));
  const content = element(
    'td',
    {},
    element('span', { className: 'value', textContent: value ?? absence(detail) }),
  );
  if (remarks.length > 0) content.append(element('ul', { className: 'remarks' }, ...remarks));
  return element(
    'tr',
    { className: stateOf(detail) },
    element('th', { scope: 'row', textContent: label }),
    content,
    element('td', { className: 'confidence', textContent: percentOf(confidence) }),
  );
}

/**
 * Why there is no value: nothing was found, the card says `-`, or the print makes no sense.
 *
 * @param {import('./ktp-fields.js').FieldDetail} detail
 */
function absence({ raw }) {
  if (raw === null) return 'not read';
  return /[\p{L}\p{N}]/u.test(raw) ? `not understood: ${raw}` : 'none';
}

/**
 * One remark in the server's words.
 *
 * @param {Warning} warning
 */
export function remarkOf({ severity, message }) {
  const name = element('strong', { textContent: `${SEVERITIES[severity]}: ` });
  return element('li', { className: severity }, name, message);
}

/** @param {number | null} confidence */
function percentOf(confidence) {
  // Rounded down: 100 % would be a promise.
  return confidence === null ? '–' : `${Math.floor(Math.min(confidence, 0.999) * 100)} %`;
}
