import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's package; `CHROMIUM_PATH` names another one. */
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Starts Chromium so that it reaches for nothing but the page. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A visitor with empty storage, and everything that the browser complained about while they were there. */
export interface Visit {
  readonly page: Page;
  /** Errors of scripts, files that are missing, and what the content security policy held back. */
  readonly complaints: readonly string[];
  leave(): Promise<void>;
}

/** Opens the server's page and waits until its model is ready. Every wait on the page ends after 20 s. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 720 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  await page.locator('#model[data-state="ready"]').waitFor();
  return { page, complaints, leave: () => context.close() };
}

/** Writes a message and sends it with the keyboard. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.keyboard.press('Enter');
}

/** Waits until the last answer has ended, and returns its text. */
export async function lastAnswer(page: Page): Promise<string> {
  const turn = page.locator('.turn.assistant').last();
  await page.locator('.turn.assistant').last().and(page.locator('[aria-busy="false"]')).waitFor();
  return (await turn.locator(':scope > .text').innerText()).trim();
}
