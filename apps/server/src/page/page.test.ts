import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { lastAnswer, openBrowser, say, type Visit, visit } from '../testing/open-browser.js';
import { startTestServer, untilReady } from '../testing/start-test-server.js';

const fixtures = new URL('../../../../libs/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(name, fixtures));
const picture = pathOf('engine/fixtures/golden/images/exact_256.png');
const video = pathOf('media/fixtures/videos/v1_single_frame.mp4');
const card = pathOf('ktp/fixtures/specimen.jpg');

let browser: Browser;
let server: RunningServer;
let guest: Visit;

beforeAll(async () => {
  [browser, server] = await Promise.all([openBrowser(), startTestServer({ MAX_TOKENS: '48' })]);
  await untilReady(server.url);
}, 120_000);

afterEach(() => guest.leave());

afterAll(async () => {
  await browser.close();
  await server.close();
});

async function open(path = '/'): Promise<Page> {
  guest = await visit(browser, `${server.url}${path}`);
  return guest.page;
}

/** A `DataTransfer` that holds the picture, as JavaScript for the page. */
async function transferOf(file: string): Promise<string> {
  const base64 = (await readFile(file)).toString('base64');
  return `(() => {
    const bytes = Uint8Array.from(atob('${base64}'), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], 'picture.png', { type: 'image/png' }));
    return transfer;
  })()`;
}

/** Reasoning and text of the answers: so short a limit may end an answer while it is still reasoning. */
async function saidIn(page: Page): Promise<string> {
  return (await page.locator('.turn.assistant .text').allTextContents()).join('');
}

describe('the page with the embedded checkpoint', () => {
  it('takes pictures that are chosen, dropped or pasted, and videos, and gets an answer', async () => {
    const page = await open();
    const tray = page.getByRole('list', { name: 'Attached' }).getByRole('listitem');
    await page.getByLabel('Attach images or videos').setInputFiles([picture, video]);
    await expect.poll(() => tray.count()).toBe(2);
    const transfer = await transferOf(picture);
    await page.dispatchEvent('#chat', 'drop', { dataTransfer: await page.evaluateHandle(transfer) });
    await expect.poll(() => tray.count()).toBe(3);
    await page.evaluate(
      `document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: ${transfer} }))`,
    );
    await expect.poll(() => tray.count()).toBe(4);
    await page.getByRole('button', { name: 'Remove picture.png' }).last().click();
    await expect.poll(() => tray.count()).toBe(3);
    await say(page, 'What is in the picture?');
    expect(await tray.count()).toBe(0);
    await lastAnswer(page);
    expect(await page.locator('.turn .error:visible').allInnerTexts()).toEqual([]);
    expect((await saidIn(page)).length).toBeGreaterThan(0);
    await page.reload();
    await page.locator('.turn.user img').first().waitFor();
    expect(await page.locator('.turn.user img').count()).toBe(2);
    expect(await page.locator('.turn.user video').count()).toBe(1);
    expect(guest.complaints).toEqual([]);
  }, 90_000);

  it('says what is wrong with a file, and lets the user go on', async () => {
    const page = await open();
    const chooser = page.getByLabel('Attach images or videos');
    await chooser.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Hi') });
    await page.getByRole('alert').getByText('notes.txt is neither an image nor a video.').waitFor();
    await chooser.setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('PNG?') });
    await page.getByRole('list', { name: 'Attached' }).getByRole('listitem').waitFor();
    await say(page, 'What is this?');
    await page.locator('.turn .error:visible').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByText('Ask about anything').waitFor();
    await say(page, 'Hello');
    await lastAnswer(page);
    expect((await saidIn(page)).length).toBeGreaterThan(0);
  });

  it('names the model, and is used by keyboard alone', async () => {
    const page = await open();
    await page.locator('#model').getByText('qwenvl-nano').waitFor();
    await page.getByRole('tab', { name: 'Chat' }).focus();
    await page.keyboard.press('ArrowRight');
    const tab = page.getByRole('tab', { name: 'KTP' });
    expect(await tab.getAttribute('aria-selected')).toBe('true');
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-ktp');
    expect(await page.getByRole('tabpanel').getAttribute('id')).toBe('ktp');
    await page.reload();
    expect(await page.getByRole('tabpanel').getAttribute('id')).toBe('ktp');
    await page.getByRole('tab', { name: 'KTP' }).focus();
    await page.keyboard.press('Home');
    expect(await page.getByRole('tabpanel').getAttribute('id')).toBe('chat');
  });

  it.each(['/', '/#ktp'])('fits a screen of 360 pixels, %s', async (path) => {
    const page = await open(path);
    await page.setViewportSize({ width: 360, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    for (const button of await page.locator('button:visible, label.button:visible').all()) {
      const box = await button.boundingBox();
      expect(box !== null && box.x >= 0 && box.x + box.width <= 360).toBe(true);
    }
  });

  it('gives every control a name', async () => {
    const page = await open();
    await page.locator('summary').first().click();
    const tree = await page.locator('body').ariaSnapshot();
    const controls = tree.match(/- (button|textbox|tab|link|img)\b.*/g) ?? [];
    expect(controls.length).toBeGreaterThan(5);
    expect(controls.filter((line) => !/"[^"]+"/.test(line))).toEqual([]);
  });
});

describe('the card page', () => {
  it('shows what a card says, with confidence, remarks and boxes over the picture', async () => {
    const page = await open('/#ktp');
    await page.getByLabel('Choose a picture of a card').setInputFiles(card);
    const table = page.getByRole('table', { name: 'What the card says' });
    await table.waitFor({ timeout: 90_000 });
    const row = (label: string) => table.getByRole('row').filter({ hasText: label });
    expect(await row('NIK').first().locator('.value').innerText()).toBe('1103121207899466');
    expect(await row('Pekerjaan').locator('.value').innerText()).toBe('MENGURUS RUMAH TANGGA');
    expect(await row('Agama').locator('.confidence').innerText()).toMatch(/^\d\d? %$/);
    const box = page.locator('.ktp-picture polygon');
    expect(await box.count()).toBeGreaterThan(12);
    await page.locator('.ktp-picture svg[viewBox="0 0 1416 1029"]').waitFor();
    await row('Agama').hover();
    expect(await page.locator('polygon.marked').count()).toBe(1);
    expect(guest.complaints).toEqual([]);
  }, 120_000);

  it('says why a picture that is no card was refused', async () => {
    const page = await open('/#ktp');
    await page.getByLabel('Choose a picture of a card').setInputFiles(picture);
    const alert = page.locator('#ktp-error');
    await alert.waitFor({ timeout: 90_000 });
    expect(await alert.innerText()).toMatch(/card|picture/);
  }, 120_000);
});
