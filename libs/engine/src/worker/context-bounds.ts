import { EngineError } from '../errors.js';
import type { LoadRequest } from '../loading/load-request.js';

/** Shortest context worth loading a model for. */
const leastContext = 64;

/** Room kept for an answer whose length was not asked for, in tokens. */
export const defaultAnswerRoom = 1024;

/**
 * How long a context may be, and how many tokens all sequences together may keep.
 * @param maxPositions the longest context of the checkpoint
 * @throws EngineError `invalid-request` for a context longer than the checkpoint's; `out-of-memory` when `kvMemory`
 * holds next to nothing
 */
export function contextBounds(
  { contextLength, kvMemory }: Pick<LoadRequest, 'contextLength' | 'kvMemory'>,
  maxPositions: number,
  bytesPerToken: number,
): { readonly contextLength: number; readonly maxCachedTokens: number } {
  const fitting = Math.floor(kvMemory / bytesPerToken);
  if (contextLength === undefined) {
    if (fitting < leastContext) {
      throw new EngineError(
        'out-of-memory',
        `kvMemory holds ${fitting} tokens, at least ${leastContext} are needed.`,
      );
    }
    return { contextLength: Math.min(maxPositions, fitting), maxCachedTokens: fitting };
  }
  if (contextLength < leastContext || contextLength > maxPositions) {
    throw new EngineError(
      'invalid-request',
      `contextLength must be ${leastContext} to ${maxPositions} tokens.`,
    );
  }
  return { contextLength, maxCachedTokens: Math.max(fitting, contextLength) };
}

/** Tokens of the context that a prompt must leave for the answer: what was asked for, but at most a quarter. */
export function answerRoom(maxTokens: number | undefined, contextLength: number): number {
  return Math.min(maxTokens ?? defaultAnswerRoom, Math.floor(contextLength / 4));
}
