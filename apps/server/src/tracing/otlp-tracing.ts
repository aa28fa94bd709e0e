import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { StreamStep } from '../sessions/ports.js';
import type { SpanValues, TracedRequest, Tracing } from './tracing.js';

/** Tracing with OpenTelemetry, sent to a collector by OTLP over HTTP in batches. */
export class OtlpTracing implements Tracing {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;
  readonly #current = new AsyncLocalStorage<Context>();

  constructor(endpoint: string, serviceName: string) {
    const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': serviceName }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    this.#tracer = this.#provider.getTracer('qwenvl');
  }

  /** See `Tracing`. */
  async request({ method, traceparent, outcome }: TracedRequest, run: () => Promise<void>): Promise<void> {
    const parent = callerContext(traceparent);
    const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } };
    const span = this.#tracer.startSpan(method, options, parent);
    try {
      await this.#current.run(trace.setSpan(parent, span), run);
    } finally {
      const { route, status } = outcome();
      span.updateName(`${method} ${route}`);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
  }

  /** See `Tracing`. */
  async span<Result>(
    name: string,
    run: () => Promise<Result>,
    valuesOf?: (result: Result) => SpanValues,
  ): Promise<Result> {
    const span = this.#start(name);
    try {
      const result = await run();
      if (valuesOf !== undefined) span.setAttributes(valuesOf(result));
      return result;
    } catch (error) {
      // The error's message may hold what a user sent.
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }

  /** See `Tracing`. */
  async *observe(steps: AsyncIterable<StreamStep>, known: number): AsyncGenerator<StreamStep> {
    let span: Span | undefined;
    let isDecoding = false;
    let count = 0;
    try {
      for await (const step of steps) {
        if (step.promptTokens !== undefined)
          span ??= this.#start('prefill', { 'gen_ai.usage.input_tokens': step.promptTokens });
        count += step.tokens.length;
        if (!isDecoding && count > known) {
          span?.end();
          span = this.#start('decode');
          isDecoding = true;
        }
        if (step.end !== undefined)
          span?.setAttributes({
            'gen_ai.usage.output_tokens': step.end.usage.completionTokens,
            'gen_ai.response.finish_reasons': [step.end.finishReason],
          });
        yield step;
      }
    } catch (error) {
      span?.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span?.end();
    }
  }

  /** See `Tracing`. */
  async close(): Promise<void> {
    await this.#provider.shutdown();
  }

  #start(name: string, attributes: SpanValues = {}): Span {
    return this.#tracer.startSpan(name, { attributes }, this.#current.getStore() ?? ROOT_CONTEXT);
  }
}

/** The caller's span as a parent; none where the header is absent or malformed. */
function callerContext(traceparent = ''): Context {
  const [, traceId = '', spanId = '', flags = ''] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? [];
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
}
