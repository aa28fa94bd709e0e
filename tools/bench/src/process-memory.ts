import { readFile } from 'node:fs/promises';

/** Resident bytes of this process and its children together. Linux only. */
export async function processMemory(): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  const pids = children.split(' ').filter((pid) => pid !== '');
  let bytes = process.memoryUsage.rss();
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    bytes += Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }
  return bytes;
}
