import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainWriteErrors, requireFreeSpace } from './disk.js';

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

describe('requireFreeSpace', () => {
  it('refuses what the disk cannot hold, with both sizes', async () => {
    await expect(requireFreeSpace(join(tmpdir(), 'x'), 1e18)).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/needs 1000000000\d+ MB.*only \d+ MB free/) as string,
    });
  });

  it('lets through what fits', async () => {
    await expect(requireFreeSpace(join(tmpdir(), 'x'), 1)).resolves.toBeUndefined();
  });
});

describe('explainWriteErrors', () => {
  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EACCES', 'write-failed'],
    ['EROFS', 'write-failed'],
  ])('turns %s into %s', async (system, code) => {
    const failing = explainWriteErrors('/there', () => Promise.reject(systemError(system)));
    await expect(failing).rejects.toMatchObject({
      code,
      message: expect.stringContaining('/there') as string,
    });
  });

  it('leaves other errors as they are', async () => {
    const error = systemError('EIO');
    await expect(explainWriteErrors('/there', () => Promise.reject(error))).rejects.toBe(error);
  });
});
