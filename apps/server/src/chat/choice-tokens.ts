/**
 * Stands between the tokens of two choices in the one list of tokens that a stream keeps. Larger than any
 * token id.
 */
export const CHOICE_BORDER = 2 ** 31 - 1;

/** The tokens of each choice that had begun. */
export function splitChoices(tokens: readonly number[]): number[][] {
  const choices: number[][] = [[]];
  for (const token of tokens) {
    if (token === CHOICE_BORDER) choices.push([]);
    else choices.at(-1)?.push(token);
  }
  return choices;
}
