import { ApiError } from '@qwenvl/openai';
import { describe, expect, it } from 'vitest';
import { Admission, type Ticket } from './admission.js';

const never = new AbortController().signal;

function enterAndStart(admission: Admission, lane: string, log: string[], signal = never): Ticket {
  const ticket = admission.enter(lane);
  void ticket.start(signal).then(
    () => log.push(lane),
    () => log.push(`${lane} left`),
  );
  return ticket;
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('Admission', () => {
  it('runs up to its concurrency, lets others wait and refuses the rest', async () => {
    const admission = new Admission({ maxConcurrency: 2, maxQueue: 1 });
    const log: string[] = [];
    const tickets = ['a', 'b', 'c'].map((lane) => enterAndStart(admission, lane, log));
    await settle();
    expect(log).toEqual(['a', 'b']);
    expect({ running: admission.running, waiting: admission.waiting }).toEqual({ running: 2, waiting: 1 });
    expect(() => admission.enter('d')).toThrow(ApiError);
    tickets[0]!.release();
    await settle();
    expect(log).toEqual(['a', 'b', 'c']);
  });

  it('tells when to come back, longer for a longer queue and within bounds', () => {
    let now = 0;
    const admission = new Admission({ maxConcurrency: 1, maxQueue: 0 }, () => now);
    const retryAfter = (): number | undefined => {
      try {
        admission.enter('x');
      } catch (error) {
        if (ApiError.isInstance(error) && error.status === 429) return error.retryAfterSeconds;
      }
      return undefined;
    };
    const ticket = admission.enter('a');
    expect(retryAfter()).toBeGreaterThanOrEqual(1);
    return ticket.start(never).then(() => {
      now = 1_000_000;
      ticket.release();
      admission.enter('a');
      expect(retryAfter()).toBe(60);
    });
  });

  it('gives lanes their turns alternately, so that one key cannot shut out another', async () => {
    const admission = new Admission({ maxConcurrency: 1, maxQueue: 10 });
    const log: string[] = [];
    const tickets = ['greedy', 'greedy', 'greedy', 'greedy', 'modest'].map((lane) =>
      enterAndStart(admission, lane, log),
    );
    await settle();
    for (const index of [0, 1, 4]) {
      tickets[index]!.release();
      await settle();
    }
    expect(log).toEqual(['greedy', 'greedy', 'modest', 'greedy']);
  });

  it('lets a waiting request leave and its place be used', async () => {
    const admission = new Admission({ maxConcurrency: 1, maxQueue: 1 });
    const log: string[] = [];
    const running = enterAndStart(admission, 'a', log);
    const leaving = new AbortController();
    const left = enterAndStart(admission, 'b', log, leaving.signal);
    leaving.abort();
    await settle();
    left.release();
    left.release();
    enterAndStart(admission, 'c', log);
    running.release();
    await settle();
    expect(log).toEqual(['a', 'b left', 'c']);
    expect({ running: admission.running, waiting: admission.waiting }).toEqual({ running: 1, waiting: 0 });
  });
});
