/**
 * Records what a running llama-server answers, for `recordings/`:
 * `tsx record-engine.ts URL NAME /v1/path 'JSON BODY'` (without a body: GET). Headers of the connection are left out.
 */
import { writeFile } from 'node:fs/promises';

const ofConnection = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

const [url, name, path, body] = process.argv.slice(2);
if (url === undefined || name === undefined || path === undefined) {
  throw new Error('Usage: record-engine.ts URL NAME /v1/path [JSON]');
}
const response = await fetch(
  url + path,
  body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body },
);
const headers = [...response.headers].filter(([key, value]) => value !== '' && !ofConnection.has(key));
const head = [
  `HTTP/1.1 ${response.status} ${response.statusText}`,
  ...headers.map(([key, value]) => `${key}: ${value}`),
];
await writeFile(
  new URL(`./recordings/${name}.http`, import.meta.url),
  `${head.join('\n')}\n\n${await response.text()}`,
);
