import type { Lease } from '../types.js';

/** A renewal that waits for its group. */
interface Renewal<T> {
  readonly lease: Lease;
  readonly leaseMs: number;
  readonly resolve: (result: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A lease and the length that it is to have from now on, in milliseconds. */
export type LeaseRenewal = Pick<Renewal<unknown>, 'lease' | 'leaseMs'>;

// Far shorter than any lease; a thousand open streams then cost twenty calls a second instead of hundreds.
const groupMs = 50;
// One script holds up everybody else no longer than a page of events does.
const most = 100;

/** Renews the leases of many writers, each with a timer of its own, in few calls. */
export class GroupedRenewals<T> {
  readonly #send: (renewals: readonly LeaseRenewal[]) => Promise<readonly T[]>;
  #waiting: Renewal<T>[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param send renews all, and answers for each in the same order */
  constructor(send: (renewals: readonly LeaseRenewal[]) => Promise<readonly T[]>) {
    this.#send = send;
  }

  /** What `send` answers for this lease. @throws what it throws for the group */
  renew(lease: Lease, leaseMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lease, leaseMs, resolve, reject });
      if (this.#waiting.length >= most) this.#sendAll();
      else
        this.#timer ??= setTimeout(() => {
          this.#sendAll();
        }, groupMs);
    });
  }

  #sendAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#waiting;
    this.#waiting = [];
    this.#send(group).then(
      (results) => {
        for (const [at, { resolve, reject }] of group.entries()) {
          const result = results[at];
          if (result === undefined) reject(new Error('Redis answered for fewer leases than were renewed.'));
          else resolve(result);
        }
      },
      (error: unknown) => {
        for (const { reject } of group) reject(error);
      },
    );
  }
}
