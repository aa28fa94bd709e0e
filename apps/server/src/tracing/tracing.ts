import type { StreamStep } from '../sessions/ports.js';

/** Values of a span. Counts, names and states only: never what a request carried. */
export type SpanValues = Readonly<Record<string, string | number>>;

/** A request that arrived. */
export interface TracedRequest {
  readonly method: string;
  /** W3C `traceparent` of the caller. */
  readonly traceparent: string | undefined;
  /** Known once a route has answered: its pattern and the status. */
  readonly outcome: () => { readonly route: string; readonly status: number };
}

/** Where time goes, told to a collector. */
export interface Tracing {
  /** A span around a request; spans made while it runs, and by what it started, are its children. */
  request(request: TracedRequest, run: () => Promise<void>): Promise<void>;
  /** A span around a piece of work. */
  span<Result>(
    name: string,
    run: () => Promise<Result>,
    valuesOf?: (result: Result) => SpanValues,
  ): Promise<Result>;
  /** Passes a stream through, with spans for prefill and decode. `known`: tokens that are only replayed. */
  observe(steps: AsyncIterable<StreamStep>, known: number): AsyncIterable<StreamStep>;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Opens tracing to a collector; without an endpoint nothing is loaded. */
export async function openTracing(settings: {
  /** Base URL of an OTLP/HTTP collector, such as `http://localhost:4318`. */
  readonly endpoint: string | undefined;
  readonly serviceName: string;
}): Promise<Tracing | undefined> {
  const { endpoint, serviceName } = settings;
  if (endpoint === undefined) return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.js');
  return new OtlpTracing(endpoint, serviceName);
}
