/**
 * Splits sequences into groups that share a decode step. The rows of a batch are as long as its longest, and room
 * costs memory and copies; so a sequence joins only others of less than twice its length.
 *
 * @param lengths tokens of each sequence
 * @returns indexes into `lengths`, each once, longest first
 */
export function batchGroups(lengths: readonly number[]): number[][] {
  const order = [...lengths.keys()].sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0) || a - b);
  const groups: number[][] = [];
  let longest = 0;
  for (const index of order) {
    const length = lengths[index] ?? 0;
    const group = groups.at(-1);
    if (group && 2 * length > longest) {
      group.push(index);
    } else {
      groups.push([index]);
      longest = length;
    }
  }
  return groups;
}
