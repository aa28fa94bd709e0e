import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** What a hub file must hash to: Git LFS gives the sha256 of the content, plain git the sha1 of its blob object. */
export type ExpectedDigest =
  | { readonly algorithm: 'sha256'; readonly hex: string }
  | { readonly algorithm: 'git-sha1'; readonly hex: string };

/** A running hash in the form the hub states it; `size` is the length of the whole file in bytes. */
export function startDigest(expected: ExpectedDigest, size: number): Hash {
  if (expected.algorithm === 'sha256') return createHash('sha256');
  return createHash('sha1').update(`blob ${size}\0`);
}

/** Adds the first `length` bytes of a file to a running hash. */
export async function digestFile(hash: Hash, path: string, length: number): Promise<void> {
  if (length === 0) return;
  for await (const chunk of createReadStream(path, { end: length - 1 })) hash.update(chunk as Buffer);
}
