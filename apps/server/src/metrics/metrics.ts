import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Admission } from '../admission/admission.js';
import type { StreamStep } from '../sessions/ports.js';

/** Bucket borders in seconds, from a small model's first token to a long prefill on a processor. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const TOKENS_PER_SECOND = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What the server counts, in Prometheus' terms. Labels name routes and states, never users or contents. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#counter('requests_total', 'Requests answered.', ['route', 'method', 'status']);
  readonly #tokens = this.#counter('tokens_total', 'Tokens read (prompt), of them cached, and written.', [
    'kind',
  ]);
  readonly #answers = this.#counter('answers_total', 'Answers that ended, by reason.', ['reason']);
  readonly #resumes = this.#counter('stream_resumes_total', 'Readers that came back with a cursor.', []);
  readonly #firstToken = this.#histogram(
    'time_to_first_token_seconds',
    'From the start, waiting included.',
    SECONDS,
  );
  readonly #speed = this.#histogram(
    'tokens_per_second',
    'Speed of an answer after its first token.',
    TOKENS_PER_SECOND,
  );

  constructor(admission: Admission) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge('answers_running', 'Answers being generated.', () => admission.running);
    this.#gauge('queue_length', 'Requests that wait for their turn.', () => admission.waiting);
  }

  /** Counts an answered request. */
  countRequest(route: string, method: string, status: number): void {
    this.#requests.inc({ route, method, status: String(status) });
  }

  /** Counts a reader that came back with a cursor. */
  countResume(): void {
    this.#resumes.inc();
  }

  /** Passes a stream through and measures it. `known`: tokens that are only replayed. */
  async *observe(steps: AsyncIterable<StreamStep>, known: number): AsyncGenerator<StreamStep> {
    const startedAt = performance.now();
    let firstAt: number | undefined;
    let count = 0;
    for await (const step of steps) {
      count += step.tokens.length;
      if (firstAt === undefined && count > known) {
        firstAt = performance.now();
        this.#firstToken.observe((firstAt - startedAt) / 1000);
      }
      if (step.end !== undefined) this.#countEnd(step.end, firstAt, count - known);
      yield step;
    }
  }

  #countEnd(end: NonNullable<StreamStep['end']>, firstAt: number | undefined, fresh: number): void {
    this.#answers.inc({ reason: end.finishReason });
    this.#tokens.inc({ kind: 'prompt' }, end.usage.promptTokens);
    this.#tokens.inc({ kind: 'cached' }, end.usage.cachedTokens);
    this.#tokens.inc({ kind: 'completion' }, end.usage.completionTokens);
    if (firstAt === undefined || fresh < 2) return;
    this.#speed.observe((fresh - 1) / ((performance.now() - firstAt) / 1000));
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `qwenvl_${name}`, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name: `qwenvl_${name}`, help, buckets, registers: [this.registry] });
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge = new Gauge({
      name: `qwenvl_${name}`,
      help,
      registers: [this.registry],
      collect: () => {
        gauge.set(read());
      },
    });
  }
}
