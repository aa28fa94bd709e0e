import type { SessionInfo, SessionOutcome } from '../types.js';
import type { SessionRow } from './schema.js';

/** What everyone may know of a session, from its row. */
export function sessionInfo(row: SessionRow): SessionInfo {
  return {
    id: row.id,
    requestHash: row.request_hash,
    state: row.state,
    version: row.version,
    firstIndex: row.first_index,
    nextIndex: row.next_index,
    tokenCount: row.token_count,
    promptTokens: row.prompt_tokens,
    cancelRequested: row.cancel_requested === 1,
    cancelAt: row.cancel_at,
    attended: row.attended === 1,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    outcome: outcome(row),
  };
}

function outcome(row: SessionRow): SessionOutcome | null {
  if (row.state === 'running') return null;
  return {
    state: row.state,
    finishReason: row.finish_reason ?? '',
    usage: {
      promptTokens: row.prompt_tokens,
      completionTokens: row.completion_tokens,
      cachedTokens: row.cached_tokens,
    },
  };
}
