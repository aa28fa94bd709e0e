/** Draws the pictures of the page that the documentation shows: `npm run screenshots`. Chromium has to be installed. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { lastAnswer, openBrowser, say, visit } from './open-browser.js';
import { startTestServer, untilReady } from './start-test-server.js';

const asset = (name: string): string =>
  fileURLToPath(new URL(`../../../../docs/assets/${name}`, import.meta.url));

const server = await startTestServer({ TEMPERATURE: '0' });
const browser = await openBrowser();
try {
  await untilReady(server.url);
  const { page, complaints } = await visit(browser, server.url, {
    colorScheme: 'light',
    viewport: { width: 1000, height: 560 },
  });
  const picture = await readFile(asset('shapes.png'), 'base64');
  // As a person drops a file: the page is given an event with the file in it.
  const transfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob('${picture}'), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], 'shapes.png', { type: 'image/png' }));
    return transfer;
  })()`);
  await page.dispatchEvent('#chat', 'drop', { dataTransfer: transfer });
  await say(page, 'What colour is the triangle?');
  await lastAnswer(page);
  await page.screenshot({ path: asset('page-chat.png') });
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
} finally {
  await browser.close();
  await server.close();
}
