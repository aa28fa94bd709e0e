import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';
import { type LoadedModel, ModelHost } from './model-host.js';

const model = { profile: { id: 'tiny' } } as LoadedModel;
const untilNever = (): Promise<never> => new Promise(() => undefined);

it('waits for a model that is being loaded', async () => {
  const loading = new EventEmitter();
  const host = new ModelHost('tiny', () => once(loading, 'end').then(() => model), 60);
  const first = host.ready();
  expect(host.state.status).toBe('loading');
  loading.emit('end');
  await expect(first).resolves.toBe(model);
  await expect(host.ready()).resolves.toBe(model);
});

it.each([0, 0.02])('answers 503 with Retry-After when the model still loads after %d s', async (seconds) => {
  const host = new ModelHost('tiny', untilNever, seconds);
  await expect(host.ready()).rejects.toMatchObject({
    status: 503,
    code: 'model_loading',
    retryAfterSeconds: expect.any(Number) as number,
  });
});

it('stops waiting when the client leaves', async () => {
  const host = new ModelHost('tiny', untilNever, 60);
  const leaving = new AbortController();
  const waiting = host.ready(leaving.signal);
  leaving.abort(new Error('left'));
  await expect(waiting).rejects.toThrow('left');
});

it('tells at once that a model cannot be loaded', async () => {
  const host = new ModelHost('tiny', () => Promise.reject(new Error('no such folder')), 60);
  await expect(host.ready()).rejects.toMatchObject({ status: 503, code: 'model_failed' });
});
