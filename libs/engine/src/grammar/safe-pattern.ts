const inClass = String.raw`[A-Za-z0-9 _.,:;@#%&=+/*?!'()|<>{}$~-]|\\[dw.\-+*?()[\]{}|/^$]`;
const part = [
  String.raw`\\[dw.\-+*?()[\]{}|/^$]`,
  String.raw`\[(?!\^)(?:${inClass})+\]`,
  String.raw`\{\d{1,4}(?:,\d{0,4})?\}`,
  String.raw`\(\?:`,
  String.raw`\((?!\?)|[)|*+?]`,
  `[A-Za-z0-9 _,:;@#%&=/!'<>~-]`,
].join('|');
const safe = new RegExp(`^\\^(?:${part})*\\$$`);
const parts = new RegExp(part, 'g');

/** Longest pattern in characters. */
const maxLength = 1000;

/**
 * True for patterns that mean the same to the grammar library as to JSON Schema, and that match nothing which JSON
 * would have to escape: anchored at both ends, without dots, negated classes, look-around or back references.
 */
export function isSafePattern(pattern: string): boolean {
  return (
    pattern.length <= maxLength && safe.test(pattern) && !branchesOutsideGroups(pattern) && isRegExp(pattern)
  );
}

/** `^a|b$` is anchored on neither side of the bar. */
function branchesOutsideGroups(pattern: string): boolean {
  let depth = 0;
  for (const [piece] of pattern.slice(1, -1).matchAll(parts)) {
    if (piece === '(' || piece === '(?:') depth += 1;
    if (piece === ')') depth -= 1;
    if (piece === '|' && depth === 0) return true;
  }
  return false;
}

function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch {
    return false;
  }
}
