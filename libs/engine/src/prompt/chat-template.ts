import { Template } from '@huggingface/jinja';
import { EngineError } from '../errors.js';

/** A checkpoint's chat template (Jinja), parsed once. */
export class ChatTemplate {
  readonly #template: Template;
  readonly #variables: Readonly<Record<string, string>>;

  /**
   * @param variables names that the template may read beside the conversation, `eos_token` for one
   * @throws {EngineError} `checkpoint-corrupt`: the source does not parse
   */
  constructor(source: string, variables: Readonly<Record<string, string>> = {}) {
    this.#variables = variables;
    try {
      this.#template = new Template(source);
    } catch (cause) {
      throw new EngineError('checkpoint-corrupt', `The chat template does not parse: ${reason(cause)}`, {
        cause,
      });
    }
  }

  /**
   * Renders a conversation with the checkpoint's own variable names (`messages`, `tools`, `add_generation_prompt`, …).
   * @throws {EngineError} `invalid-request`: the template refuses the conversation (its `raise_exception`) or fails on it
   */
  render(context: Readonly<Record<string, unknown>>): string {
    try {
      return this.#template.render({ ...this.#variables, ...context });
    } catch (cause) {
      throw new EngineError(
        'invalid-request',
        `The chat template refuses this conversation: ${reason(cause)}`,
        { cause },
      );
    }
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
