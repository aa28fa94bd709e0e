import type { SamplingSettings } from './settings.js';
import type { TokenHistory } from './token-history.js';

/**
 * Changes `logits` `[vocab]` in place: repetition penalty over prompt and answer (Hugging Face: a positive logit is
 * divided, a negative one multiplied, each id once), then presence and frequency penalties over the answer (OpenAI),
 * then bias.
 */
export function applyPenalties(
  logits: Float32Array,
  settings: SamplingSettings,
  history: TokenHistory,
): void {
  const { repetitionPenalty, presencePenalty, frequencyPenalty } = settings;
  if (repetitionPenalty !== 1) {
    for (const id of history.seen) {
      const logit = logits[id];
      if (logit !== undefined) logits[id] = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
    }
  }
  if (presencePenalty !== 0 || frequencyPenalty !== 0) {
    for (const [id, count] of history.generated) {
      const logit = logits[id];
      if (logit !== undefined) logits[id] = logit - presencePenalty - frequencyPenalty * count;
    }
  }
  for (const [id, bias] of settings.logitBias) {
    const logit = logits[id];
    if (logit !== undefined) logits[id] = logit + bias;
  }
}
