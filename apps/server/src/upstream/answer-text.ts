import type { UpstreamChunk } from './upstream-chunks.js';

type Delta = NonNullable<UpstreamChunk['choices'][number]['delta']>;

/**
 * Writes an upstream's deltas as the text that the model itself would have written, reasoning first, then content and
 * calls between their tags: whoever reads a model's text need not know that an upstream has read it before.
 */
export class AnswerText {
  #isReasoning = true;
  #call: number | undefined;
  #arguments = '';

  /** Text of a delta. */
  push({ content, reasoning_content, reasoning, tool_calls }: Delta): string {
    let text = this.#isReasoning ? (reasoning_content ?? reasoning ?? '') : '';
    if (content !== null && content !== undefined && content !== '')
      text += this.#endReasoning() + this.#endCall() + content;
    for (const call of tool_calls ?? []) {
      if (call.index !== this.#call)
        text += this.#endReasoning() + this.#endCall() + begin(call.function?.name);
      this.#call = call.index;
      const part = call.function?.arguments ?? '';
      this.#arguments += part;
      text += part;
    }
    return text;
  }

  /** What is still missing at the end. */
  end(): string {
    return this.#endReasoning() + this.#endCall();
  }

  #endReasoning(): string {
    if (!this.#isReasoning) return '';
    this.#isReasoning = false;
    return '</think>\n\n';
  }

  #endCall(): string {
    if (this.#call === undefined) return '';
    const missing = this.#arguments === '' ? '{}' : '';
    this.#call = undefined;
    this.#arguments = '';
    return `${missing}}\n</tool_call>`;
  }
}

function begin(name: string | null | undefined): string {
  return `\n<tool_call>\n{"name": ${JSON.stringify(name ?? '')}, "arguments": `;
}
