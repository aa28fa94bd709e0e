import { describe, expect, it } from 'vitest';
import { ChangeHub } from './change-hub.js';

const gone = Number.POSITIVE_INFINITY;

describe('ChangeHub', () => {
  it('wakes those who wait for a newer version, and nobody for an older one', async () => {
    const hub = new ChangeHub();
    const watch = hub.watch('a');
    let woken = 0;
    const waiting = watch.changed(2).then(() => (woken += 1));
    hub.publish('a', 1);
    hub.publish('b', 9);
    hub.publish('a', 3);
    await waiting;
    expect(woken).toBe(1);
    await watch.changed(2);
  });

  it('does not miss a change between two waits', async () => {
    const hub = new ChangeHub();
    const watch = hub.watch('a');
    hub.publish('a', 5);
    await watch.changed(4);
  });

  it('starts anew after a session is gone', async () => {
    const hub = new ChangeHub();
    const watch = hub.watch('a');
    hub.publish('a', gone);
    await watch.changed(100);
    hub.publish('a', 1);
    const waiting = watch.changed(1);
    hub.publish('a', 2);
    await waiting;
  });

  it('tells its backend what is watched, and forgets what is not', () => {
    const calls: string[] = [];
    const hub = new ChangeHub({
      watched: (id) => calls.push(`+${id}`),
      unwatched: (id) => calls.push(`-${id}`),
    });
    const [one, two] = [hub.watch('a'), hub.watch('a')];
    one.close();
    one.close();
    two.close();
    expect(calls).toEqual(['+a', '-a']);
  });

  it('lets go by signal, by closing the watch, and by closing the hub', async () => {
    const hub = new ChangeHub();
    const [one, two] = [hub.watch('a'), hub.watch('a')];
    const controller = new AbortController();
    const waits = [one.changed(1, controller.signal), two.changed(1), hub.watch('b').changed(1)];
    controller.abort();
    await waits[0];
    two.close();
    await waits[1];
    hub.close();
    await waits[2];
  });
});
