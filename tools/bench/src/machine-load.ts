import { readFile } from 'node:fs/promises';

/** Ticks of the kernel's clock a second, as `/proc` counts them. */
const ticksPerSecond = 100;

/** Watches how busy other processes keep the processor. Linux only; elsewhere it tells nothing (NaN). */
export class MachineLoad {
  #from: { readonly at: number; readonly others: number } | undefined;

  /** Begins a span of time. */
  async begin(): Promise<void> {
    this.#from = await reading();
  }

  /** Processors that were busy with others' work on average since it began. */
  async end(): Promise<number> {
    const now = await reading();
    if (!this.#from || !now) return NaN;
    const seconds = (now.at - this.#from.at) / 1000;
    return Math.max(0, (now.others - this.#from.others) / ticksPerSecond / seconds);
  }
}

/** Ticks spent by everything but this process and its children. */
async function reading(): Promise<{ at: number; others: number } | undefined> {
  try {
    const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n');
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number);
    const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    let own = 0;
    for (const pid of [String(process.pid), ...children.split(' ').filter((pid) => pid !== '')]) {
      // After the name, which may hold anything: fields 14 and 15 of the whole are user and system time.
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
      own += Number(fields[11]) + Number(fields[12]);
    }
    return { at: performance.now(), others: user + nice + system + irq + softirq - own };
  } catch {
    return undefined;
  }
}
