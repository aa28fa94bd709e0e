import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastAnswer, openBrowser, say, visit } from '../testing/open-browser.js';
import { inPieces } from '../testing/scripted-answers.js';
import { startTestServer } from '../testing/start-test-server.js';
import { SteppedEngine } from '../testing/stepped-engine.js';

const pieces = inPieces('Brief.\n</think>\n\nOne, two, three, four, five, six.');

let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), 'qwenvl-page-'));
}, 60_000);

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the chat page while its server restarts', () => {
  it('waits, and goes on with the answer where it was', async () => {
    const settings = {
      PERSIST_SESSIONS: 'true',
      SESSIONS_DB_PATH: join(folder, 'sessions.db'),
      SESSIONS_LEASE_SECONDS: '1',
    };
    const before = new SteppedEngine(pieces);
    const first = await startTestServer(settings, before.load);
    const guest = await visit(browser, first.url);
    const { page } = guest;
    await say(page, 'Count');
    before.allow(10);
    await page.locator('.turn.assistant > .text', { hasText: 'One, two' }).waitFor();
    await first.close();
    await page.locator('.note', { hasText: 'Reconnecting' }).waitFor();
    const after = new SteppedEngine(pieces);
    after.allow();
    const second = await startTestServer({ ...settings, PORT: new URL(first.url).port }, after.load);
    try {
      expect(await lastAnswer(page)).toBe('One, two, three, four, five, six.');
      expect(after.requests).toHaveLength(1);
      expect(after.requests[0]?.continueFrom?.length).toBeGreaterThan(0);
    } finally {
      await guest.leave();
      await second.close();
    }
  }, 90_000);
});
