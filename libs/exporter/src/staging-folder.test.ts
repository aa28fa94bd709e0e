import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFolder } from './staging-folder.js';

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'qwenvl-staging-'));
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

const fillWith = (text: string) => (folder: string) => writeFile(join(folder, 'file'), text);

describe('replaceFolder', () => {
  it('makes the folder, and its parents, at once', async () => {
    const target = join(parent, 'deep', 'target');
    await replaceFolder(target, async (folder) => {
      await fillWith('new')(folder);
      expect(await readdir(join(parent, 'deep'))).not.toContain('target');
    });
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('new');
    expect(await readdir(join(parent, 'deep'))).toEqual(['target']);
  });

  it('replaces an earlier folder whole', async () => {
    const target = join(parent, 'target');
    await mkdir(target);
    await writeFile(join(target, 'other'), 'old');
    await replaceFolder(target, fillWith('new'));
    expect(await readdir(target)).toEqual(['file']);
    expect(await readdir(parent)).toEqual(['target']);
  });

  it('keeps the earlier folder and leaves nothing else when it fails', async () => {
    const target = join(parent, 'target');
    await replaceFolder(target, fillWith('old'));
    const failing = replaceFolder(target, async (folder) => {
      await fillWith('half')(folder);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readFile(join(target, 'file'), 'utf8')).toBe('old');
    expect(await readdir(parent)).toEqual(['target']);
  });

  it('removes what a killed export left a day ago, and nothing younger', async () => {
    await mkdir(join(parent, '.target.partial-old'));
    await mkdir(join(parent, '.target.partial-young'));
    const dayBefore = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(parent, '.target.partial-old'), dayBefore, dayBefore);
    await replaceFolder(join(parent, 'target'), fillWith('new'));
    expect((await readdir(parent)).sort()).toEqual(['.target.partial-young', 'target']);
  });
});
