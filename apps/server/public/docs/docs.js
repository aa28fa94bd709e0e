// Shows each operation of /openapi.json with a form to try it.

/**
 * @typedef {{ name: string, in: string }} Parameter
 * @typedef {{ summary: string, parameters?: Parameter[], requestBody?: { content: Record<string, { example?: unknown }> } }} Operation
 * @typedef {{ parameter: Parameter, input: HTMLInputElement }} ParameterInput
 */

const METHODS = ['get', 'post', 'delete'];

/**
 * An element of this page.
 * @param {string} id
 */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}.`);
  return element;
}

/**
 * A label around an input.
 * @param {string} text
 * @param {HTMLElement} input
 */
function label(text, input) {
  const element = document.createElement('label');
  element.append(`${text} `, input);
  return element;
}

/** @param {readonly ParameterInput[]} inputs */
function headersOf(inputs) {
  const headers = new Headers();
  const key = /** @type {HTMLInputElement} */ (byId('key')).value;
  if (key !== '') headers.set('authorization', `Bearer ${key}`);
  for (const { parameter, input } of inputs)
    if (parameter.in === 'header' && input.value !== '') headers.set(parameter.name, input.value);
  return headers;
}

/**
 * Sends a request and shows the answer as it comes.
 * @param {string} url
 * @param {RequestInit} request
 * @param {HTMLElement} output
 */
async function send(url, request, output) {
  output.textContent = '…';
  try {
    const response = await fetch(url, request);
    output.textContent = `${response.status} ${response.statusText}\n\n`;
    if (response.body === null) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) output.append(step.value);
  } catch (error) {
    output.textContent = String(error);
  }
}

/**
 * The body's field, where the operation takes one: JSON text, or a file.
 * @param {Operation} operation
 */
function bodyField(operation) {
  const content = operation.requestBody?.content ?? {};
  const json = content['application/json'];
  if (json !== undefined) {
    const text = document.createElement('textarea');
    text.value = JSON.stringify(json.example ?? {}, null, 2);
    text.spellcheck = false;
    return text;
  }
  if (!('multipart/form-data' in content)) return undefined;
  const file = document.createElement('input');
  file.type = 'file';
  file.accept = 'image/*';
  return file;
}

/**
 * Puts what the form holds into a request.
 * @param {HTMLTextAreaElement | HTMLInputElement | undefined} field
 * @param {Headers} headers
 */
function bodyOf(field, headers) {
  if (field === undefined) return null;
  if (field instanceof HTMLTextAreaElement) {
    headers.set('content-type', 'application/json');
    return field.value;
  }
  const form = new FormData();
  const file = field.files?.[0];
  if (file !== undefined) form.set('image', file);
  return form;
}

/**
 * The form of one operation.
 * @param {string} method
 * @param {string} path
 * @param {Operation} operation
 */
function operationForm(method, path, operation) {
  const form = document.createElement('form');
  const output = document.createElement('pre');
  output.tabIndex = 0;
  const button = document.createElement('button');
  button.textContent = 'Send';
  const field = bodyField(operation);
  const inputs = (operation.parameters ?? []).map((parameter) => ({
    parameter,
    input: document.createElement('input'),
  }));
  form.append(...inputs.map(({ parameter, input }) => label(parameter.name, input)));
  if (field !== undefined) form.append(label('Body', field));
  form.append(button, output);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const headers = headersOf(inputs);
    const url = inputs.reduce(
      (text, { parameter, input }) => text.replace(`{${parameter.name}}`, encodeURIComponent(input.value)),
      path,
    );
    void send(url, { method: method.toUpperCase(), headers, body: bodyOf(field, headers) }, output);
  });
  return form;
}

/** @type {{ paths: Record<string, Record<string, Operation>> }} */
const openApi = await (await fetch('/openapi.json')).json();
for (const [path, item] of Object.entries(openApi.paths)) {
  for (const method of METHODS) {
    const operation = item[method];
    if (operation === undefined) continue;
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    const code = document.createElement('code');
    code.textContent = `${method.toUpperCase()} ${path}`;
    summary.append(code, ` ${operation.summary}`);
    details.append(summary, operationForm(method, path, operation));
    byId('operations').append(details);
  }
}
