import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What survives the end of Redis: every write, those of more than a second ago, or nothing. */
export type RedisPersistence = 'always' | 'everysec' | 'none';

/** A Redis of one's own on a free port of this machine, with its data in a temporary folder. */
export interface TestRedis {
  readonly url: string;
  /** Ends it as a crash does, and keeps its data. */
  kill(): Promise<void>;
  /**
   * Ends it as a power failure does: the last bytes of its append-only file never reached the disk.
   * @throws where it keeps no such file, or a shorter one
   */
  loseTail(bytes: number): Promise<void>;
  /** Starts it again after `kill` or `loseTail`, on the same port and data. */
  start(): Promise<void>;
  /** Lets it fall silent, as a machine without power does: connections stay open, nothing is answered. */
  pause(): void;
  /** Lets it go on after `pause`. */
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const deadlineMs = 20_000;

/** Starts `redis-server`, which must be installed. @throws where it does not listen in time */
export async function startTestRedis(persistence: RedisPersistence = 'none'): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-redis-'));
  const port = await freePort();
  const appends = persistence === 'none' ? ['no'] : ['yes', '--appendfsync', persistence];
  let child: ChildProcess | undefined;
  const kill = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  };
  const start = async () => {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    child = spawn('redis-server', [...settings, '--appendonly', ...appends], { stdio: 'ignore' });
    await once(child, 'spawn');
    const until = Date.now() + deadlineMs;
    while (!(await listens(port))) {
      if (Date.now() > until) throw new Error('redis-server did not listen in time.');
      await delay(20);
    }
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    loseTail: async (bytes) => {
      await kill();
      const logs = join(folder, 'appendonlydir');
      const last = (await readdir(logs)).filter((name) => name.endsWith('.incr.aof')).at(-1) ?? '';
      const file = join(logs, last);
      const { size } = await stat(file);
      if (size < bytes) throw new Error(`The append-only file has ${size} bytes only.`);
      await truncate(file, size - bytes);
    },
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
