import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const entries = {
  built: ['../../../apps/server/dist/main.js'],
  source: ['../../../apps/server/src/main.ts'],
} as const;

/** How the server under test is run: as built, or from source through tsx. */
export type ServerForm = keyof typeof entries;

/** The real server in a process of its own, with the embedded checkpoint and the same settings over all restarts. */
export class ServerProcess {
  readonly url: string;
  readonly #form: ServerForm;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #output: string[] = [];
  #child: ChildProcess | undefined;

  private constructor(port: number, form: ServerForm, environment: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#form = form;
    this.#environment = {
      PORT: String(port),
      SESSIONS_LEASE_SECONDS: '1',
      LOG_LEVEL: 'info',
      ...environment,
    };
  }

  /** Chooses a free port; `start` starts it with these settings. */
  static async prepare(
    form: ServerForm,
    environment: Readonly<Record<string, string>>,
  ): Promise<ServerProcess> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    return new ServerProcess(port, form, environment);
  }

  /** Starts the server and waits until it answers requests. @throws with its output when it does not */
  async start(deadlineMs = 120_000): Promise<void> {
    const [entry] = entries[this.#form];
    const file = fileURLToPath(new URL(entry, import.meta.url));
    const loader = this.#form === 'source' ? ['--import', 'tsx', '--conditions=@qwenvl/source'] : [];
    const child = spawn(process.execPath, [...loader, file], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => this.#output.push(data.toString()));
    }
    const until = Date.now() + deadlineMs;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null || Date.now() > until) {
        throw new Error(`The server did not start:\n${this.#output.join('')}`);
      }
      await delay(50);
    }
  }

  /** Ends it as a crash does: at once, without a chance to write anything. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Lets it stand still in the middle of whatever it does, as a machine that swaps or sleeps; connections stay open. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets it go on where it stood. */
  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Generations that it runs now. */
  async running(): Promise<number> {
    const metrics = await (await fetch(`${this.url}/metrics`)).text();
    return Number(/^qwenvl_sessions_running (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
  }

  /** How many generations were taken up again and finished, according to the server's log. */
  get resumed(): number {
    return this.#output.join('').split('"resumed":true').length - 1;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}
