import { setTimeout as delay } from 'node:timers/promises';
import type { ChatBody } from '../../chat/chat-body.js';
import { parseChatBody } from '../../chat/chat-body.js';
import type { PreparedStream, StreamIdentity, StreamSource, StreamStep, StreamUsage } from '../ports.js';

/** How a scripted source behaves. */
export interface Script {
  /** Number of tokens of an answer. */
  readonly tokens: number;
  /** Time before the first token and between tokens, in milliseconds. */
  readonly prefillMs?: number;
  readonly tokenMs?: number;
  /** Characters of each event. */
  readonly eventLength?: number;
  /** Fails after this many tokens. */
  readonly failsAt?: number;
  readonly fingerprint?: string;
  /** Changes the words, as another model would. */
  readonly dialect?: string;
  /** What `prepare` rejects with while it recovers. */
  readonly refusesRecovery?: Error;
}

/**
 * Answers that depend on seed and position alone, as a real engine's do: every third token gives no event, as a
 * part of a character does, and the last event carries the usage.
 */
export class ScriptedSource implements StreamSource<ChatBody> {
  script: Script;
  /** Tokens that were generated rather than repeated, over all runs. */
  generated = 0;
  /** Requests that were prepared and not disposed of. */
  held = 0;
  /** Recoveries that were refused. */
  refusals = 0;

  constructor(script: Script) {
    this.script = script;
  }

  parse(stored: unknown): ChatBody {
    return parseChatBody(stored);
  }

  prepare(_body: ChatBody, { recovering }: { readonly recovering: boolean }): Promise<PreparedStream> {
    const { refusesRecovery, fingerprint = 'scripted' } = this.script;
    if (recovering && refusesRecovery !== undefined) {
      this.refusals += 1;
      return Promise.reject(refusesRecovery);
    }
    this.held += 1;
    return Promise.resolve({
      fingerprint,
      run: (input) => this.#run(input),
      dispose: () => {
        this.held -= 1;
      },
    });
  }

  closing(
    _body: ChatBody,
    { completionId }: StreamIdentity,
    { state }: { state: string },
    usage: StreamUsage,
  ): string {
    return JSON.stringify({ id: completionId, end: state, usage });
  }

  collect(_body: ChatBody, events: readonly string[], usage: StreamUsage): unknown {
    return { events: events.length, usage };
  }

  async *#run({
    identity,
    continueFrom,
    signal,
  }: Parameters<PreparedStream['run']>[0]): AsyncGenerator<StreamStep> {
    const { tokens, prefillMs = 0, tokenMs = 0, failsAt, eventLength = 10, dialect = '' } = this.script;
    const { completionId: id, created, seed } = identity;
    const end = (cancelled: boolean, completionTokens: number): StreamStep => {
      const usage = { promptTokens: 7, completionTokens, cachedTokens: 0 };
      const finishReason = cancelled ? 'cancelled' : 'stop';
      const events = [JSON.stringify({ id, created, end: finishReason, usage })];
      return { tokens: [], events, end: { finishReason, cancelled, usage } };
    };
    await delay(prefillMs, undefined, { signal }).catch(() => undefined);
    yield { tokens: [], events: [JSON.stringify({ id, created, role: 'assistant' })], promptTokens: 7 };
    for (let index = 0; index < tokens; index += 1) {
      if (signal.aborted) {
        yield end(true, index);
        return;
      }
      if (index >= continueFrom.length) {
        if (tokenMs > 0) await delay(tokenMs, undefined, { signal }).catch(() => undefined);
        this.generated += 1;
        if (index === failsAt) throw new Error('scripted failure');
      }
      const token = continueFrom[index] ?? (seed * 31 + index * 7) % 1000;
      const text = `${dialect}${token}`.padEnd(eventLength, '.');
      yield { tokens: [token], events: index % 3 === 2 ? [] : [JSON.stringify({ id, created, text })] };
    }
    yield end(false, tokens);
  }
}
