let salt = 0;

/** Ids that no prompt before has had, so that nothing can be kept of it. */
export function newPrompt(tokens: number): number[] {
  salt++;
  return Array.from({ length: tokens }, (_, index) => 1000 + ((index * 7919 + salt * 104_729) % 140_000));
}
