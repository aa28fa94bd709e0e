import { byId } from './dom.js';

const KEY = 'qwenvl.api-key';

/** The key that the user gave in this tab; empty for none. */
export function apiKey() {
  return sessionStorage.getItem(KEY) ?? '';
}

/** Lets the user give a key. It stays in this tab's memory and goes to this server alone. */
export function startApiKeyField() {
  const field = byId('api-key', HTMLInputElement);
  field.value = apiKey();
  field.addEventListener('input', () => sessionStorage.setItem(KEY, field.value.trim()));
  const settings = byId('settings', HTMLDetailsElement);
  const close = () => {
    settings.open = false;
    settings.querySelector('summary')?.focus();
  };
  settings.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close();
  });
  byId('api-key-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    close();
  });
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !settings.contains(event.target)) settings.open = false;
  });
}

/** Opens the field, for a server that refused the key. */
export function askForApiKey() {
  byId('settings', HTMLDetailsElement).open = true;
  byId('api-key', HTMLInputElement).focus();
}
