import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { Admission } from '../admission/admission.js';
import type { AppEnv } from '../http/app-env.js';
import type { StreamStep } from '../sessions/ports.js';
import { Metrics } from './metrics.js';
import { countRequests, registerMetrics } from './register-metrics.js';

const admission = new Admission({ maxConcurrency: 1, maxQueue: 1 });

describe('Metrics', () => {
  it('counts requests by route, not by what stands in its place', async () => {
    const app = new Hono<AppEnv>();
    const metrics = new Metrics(admission);
    app.use(countRequests(metrics));
    registerMetrics(app, metrics);
    metrics.watchSessions({ running: 2, readers: 5 });
    app.get('/v1/sessions/:id', (c) => c.text('x'));
    await app.request('/v1/sessions/siti');
    await app.request('/v1/sessions/siti', { headers: { 'last-event-id': 'siti:3' } });
    const text = await (await app.request('/metrics')).text();
    expect(text).toContain('qwenvl_requests_total{route="/v1/sessions/:id",method="GET",status="200"} 2');
    expect(text).not.toContain('siti');
    expect(text).toContain('qwenvl_queue_length 0');
    expect(text).toContain('qwenvl_sessions_running 2');
    expect(text).toContain('qwenvl_session_readers 5');
    expect(text).toContain('qwenvl_stream_resumes_total 1');
  });

  it('measures a stream without changing it', async () => {
    const metrics = new Metrics(admission);
    const usage = { promptTokens: 7, completionTokens: 2, cachedTokens: 3 };
    const steps: StreamStep[] = [
      { tokens: [], events: ['role'] },
      { tokens: [1], events: ['a'] },
      { tokens: [2], events: ['b'] },
      { tokens: [], events: ['end'], end: { finishReason: 'stop', cancelled: false, usage } },
    ];
    const seen: StreamStep[] = [];
    for await (const step of metrics.observe(toAsync(steps), 0)) seen.push(step);
    expect(seen).toEqual(steps);
    const text = await metrics.registry.metrics();
    expect(text).toContain('qwenvl_tokens_total{kind="cached"} 3');
    expect(text).toContain('qwenvl_prompt_cache_total{result="hit"} 1');
    expect(text).toContain('qwenvl_answers_total{reason="stop"} 1');
    expect(text).toContain('qwenvl_time_to_first_token_seconds_count 1');
    expect(text).toContain('qwenvl_tokens_per_second_count 1');
  });
});

async function* toAsync<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}
