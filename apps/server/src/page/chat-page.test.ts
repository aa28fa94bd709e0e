import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.js';
import { lastAnswer, openBrowser, say, type Visit, visit } from '../testing/open-browser.js';
import { inPieces } from '../testing/scripted-answers.js';
import { startTestServer } from '../testing/start-test-server.js';
import { SteppedEngine } from '../testing/stepped-engine.js';

const REASONING = 'A greeting. I greet back.';
const ANSWER = 'Hello!\nThis is <b>text</b>:\n```\nif (a < b) <img src="/x" onerror="alert(1)">\n```\nDone.';
const pieces = inPieces(`${REASONING}\n</think>\n\n${ANSWER}`);
const LAST_OF_REASONING = Math.floor(REASONING.length / 3);

let browser: Browser;
let server: RunningServer | undefined;
let guest: Visit | undefined;

beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);

afterEach(async () => {
  await guest?.leave();
  await server?.close();
  guest = server = undefined;
});

afterAll(() => browser.close());

async function start(environment: Readonly<Record<string, string>> = {}) {
  const engine = new SteppedEngine(pieces);
  server = await startTestServer(environment, engine.load);
  guest = await visit(browser, server.url);
  return { engine, page: guest.page, complaints: guest.complaints, server };
}

describe('the chat page', () => {
  it('shows the reasoning as it comes and folds it away when the answer begins', async () => {
    const { engine, page, complaints } = await start();
    await say(page, 'Hi');
    engine.allow(LAST_OF_REASONING);
    const reasoning = page.locator('.reasoning');
    await reasoning.getByText(REASONING.slice(0, 20)).waitFor();
    expect(await reasoning.getAttribute('open')).not.toBeNull();
    engine.allow();
    await lastAnswer(page);
    expect(await reasoning.getAttribute('open')).toBeNull();
    await page.getByText('Reasoning').click();
    expect(await reasoning.locator('.text').innerText()).toBe(REASONING);
    expect(complaints).toEqual([]);
  });

  it('shows a model’s text as text, with line breaks and code blocks, never as markup', async () => {
    const { engine, page, complaints } = await start();
    engine.allow();
    await say(page, 'Hi');
    await lastAnswer(page);
    const answer = page.locator('.turn.assistant > .text');
    expect(await answer.locator('p').allInnerTexts()).toEqual(['Hello!\nThis is <b>text</b>:', 'Done.']);
    expect(await answer.locator('pre').innerText()).toBe('if (a < b) <img src="/x" onerror="alert(1)">');
    expect(await answer.locator('b, img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('goes on with an answer after a reload in its middle, and asks the model once', async () => {
    const { engine, page } = await start();
    await say(page, 'Hi');
    engine.allow(LAST_OF_REASONING + 9);
    await page.getByText('Hello!').waitFor();
    await page.reload();
    await page.getByText('Hello!').waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).isVisible()).toBe(true);
    engine.allow();
    expect(await lastAnswer(page)).toContain('Done.');
    await page.reload();
    expect(await lastAnswer(page)).toMatch(/^Hello!\nThis is <b>text<\/b>:[^]*Done\.$/);
    expect(engine.requests).toHaveLength(1);
  });

  it('goes on after a reload that came before the first word', async () => {
    const { engine, page } = await start();
    await say(page, 'Hi');
    await expect.poll(() => engine.requests.length, { timeout: 10_000 }).toBe(1);
    await page.reload();
    engine.allow();
    expect(await lastAnswer(page)).toContain('Done.');
    expect(engine.requests).toHaveLength(1);
  });

  it('stops an answer, keeps what has come, and takes the next question', async () => {
    const { engine, page } = await start();
    await say(page, 'Hi');
    engine.allow(LAST_OF_REASONING + 9);
    await page.getByText('Hello!').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.note', { hasText: 'Stopped.' }).waitFor();
    expect(await lastAnswer(page)).toMatch(/^Hello!/);
    expect(await page.evaluate('document.activeElement.id')).toBe('prompt');
    engine.allow();
    await say(page, 'Again');
    await expect.poll(() => engine.requests.length, { timeout: 10_000 }).toBe(2);
    expect(await lastAnswer(page)).toContain('Done.');
    const roles = engine.requests[1]?.messages.map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant', 'user']);
  });

  it('tells screen readers of the whole answer once, not of every token', async () => {
    const { engine, page } = await start();
    const announcer = page.locator('#announcer');
    await say(page, 'Hi');
    engine.allow(LAST_OF_REASONING + 9);
    await page.getByText('Hello!').waitFor();
    expect(await announcer.textContent()).toBe('The model is answering.');
    engine.allow();
    await lastAnswer(page);
    expect(await announcer.textContent()).toContain('Answer: Hello!');
  });

  it('asks for the API key that the server wants, and keeps it for this tab alone', async () => {
    // The SHA-256 of `sk-right`.
    const sha256 = '5a8be38da412e44e65567661c0dd497d845645b78530e1e4bc042d9d44c9f445';
    const { engine, page } = await start({ API_KEY_HASHES: `ani:${sha256}` });
    engine.allow();
    await say(page, 'Hi');
    await page.locator('.turn .error', { hasText: 'A valid API key is needed' }).waitFor();
    await page.getByLabel('API key').fill('sk-right');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Try again' }).click();
    expect(await lastAnswer(page)).toContain('Done.');
    expect(await page.evaluate('Object.values(sessionStorage)')).toEqual(['sk-right']);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('sk-right');
  });
});
