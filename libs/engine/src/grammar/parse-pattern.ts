import { anyCharacter, type CodePointRange, complement } from './code-points.js';
import { choice, empty, type GrammarNode, repeat, sequence } from './grammar-node.js';

/** Longest pattern in characters, and most positions that one may have when its counts are written out. */
const maxLength = 1000;
const maxPositions = 2000;

const digits: readonly CodePointRange[] = [[0x30, 0x39]];
const wordCharacters: readonly CodePointRange[] = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const spaces: readonly CodePointRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const lineEnds: readonly CodePointRange[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 };
const classes: Readonly<Record<string, readonly CodePointRange[]>> = {
  d: digits,
  D: complement(digits),
  w: wordCharacters,
  W: complement(wordCharacters),
  s: spaces,
  S: complement(spaces),
};

/** What is thrown where a pattern has something that cannot be honoured. */
export class PatternError extends Error {}

/**
 * A regular expression of JSON Schema (ECMAScript's, with the `u` flag) as a grammar. Not anchored, it may match
 * anywhere. Look-around, back references, word borders, Unicode properties and anchors within are refused.
 *
 * @param character makes the node of one character of some ranges
 * @throws PatternError telling what cannot be honoured
 */
export function parsePattern(
  pattern: string,
  character: (ranges: readonly CodePointRange[]) => GrammarNode,
): GrammarNode {
  if (pattern.length > maxLength) throw new PatternError(`is longer than ${maxLength} characters`);
  try {
    new RegExp(pattern, 'u');
  } catch {
    throw new PatternError('is no regular expression');
  }
  return new PatternParser(pattern, character).parse();
}

interface Parsed {
  readonly node: GrammarNode;
  /** Positions that it takes when counts are written out. */
  readonly size: number;
}

class PatternParser {
  readonly #characters: readonly string[];
  readonly #character: (ranges: readonly CodePointRange[]) => GrammarNode;
  #at = 0;

  constructor(pattern: string, character: (ranges: readonly CodePointRange[]) => GrammarNode) {
    this.#characters = Array.from(pattern);
    this.#character = character;
  }

  parse(): GrammarNode {
    const anything = repeat(this.#character(anyCharacter), 0, Infinity);
    const branches: GrammarNode[] = [];
    do {
      const isFromStart = this.#take('^');
      const { node } = this.#sequence();
      const isToEnd = this.#take('$');
      if (!this.#isDone && this.#peek !== '|') throw new PatternError('has an anchor within');
      branches.push(sequence(isFromStart ? empty : anything, node, isToEnd ? empty : anything));
    } while (this.#take('|'));
    return choice(...branches);
  }

  get #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  get #isDone(): boolean {
    return this.#at >= this.#characters.length;
  }

  #take(text: string): boolean {
    if (
      !this.#characters
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    this.#at += text.length;
    return true;
  }

  #next(): string {
    const character = this.#characters[this.#at];
    if (character === undefined) throw new PatternError('ends too early');
    this.#at += 1;
    return character;
  }

  #branches(): Parsed {
    const branches = [this.#sequence()];
    while (this.#take('|')) branches.push(this.#sequence());
    return {
      node: choice(...branches.map(({ node }) => node)),
      size: branches.reduce((sum, { size }) => sum + size, 0),
    };
  }

  #sequence(): Parsed {
    const parts: GrammarNode[] = [];
    let total = 0;
    while (!this.#isDone && this.#peek !== '|' && this.#peek !== ')' && this.#peek !== '$') {
      const { node, size } = this.#counted(this.#atom());
      parts.push(node);
      total += size;
    }
    return { node: sequence(...parts), size: total };
  }

  #counted(atom: Parsed): Parsed {
    const count = this.#count();
    if (count === undefined) return atom;
    // Whether as many or as few as possible are wanted makes no difference to what matches.
    this.#take('?');
    const [min, max] = count;
    const size = atom.size * Math.max(max === Infinity ? min + 1 : max, 1);
    if (size > maxPositions) throw new PatternError(`has more than ${maxPositions} positions`);
    return { node: repeat(atom.node, min, max), size };
  }

  #count(): readonly [min: number, max: number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (!this.#take('{')) return undefined;
    let text = '';
    while (!this.#take('}')) text += this.#next();
    const [min = '', max] = text.split(',');
    return [Number(min), max === undefined ? Number(min) : max === '' ? Infinity : Number(max)];
  }

  #atom(): Parsed {
    if (this.#take('(')) {
      if (this.#take('?')) {
        const isNamed = this.#take('<') && this.#peek !== '=' && this.#peek !== '!';
        if (isNamed) while (!this.#take('>')) this.#next();
        else if (!this.#take(':')) throw new PatternError('looks ahead or behind');
      }
      const inner = this.#branches();
      if (!this.#take(')')) throw new PatternError('has an anchor within');
      return inner;
    }
    const ranges = this.#ranges();
    return { node: this.#character(ranges), size: 1 };
  }

  #ranges(): readonly CodePointRange[] {
    const character = this.#next();
    if (character === '.') return complement(lineEnds);
    if (character === '\\') return this.#escape(false);
    if (character === '^') throw new PatternError('has an anchor within');
    if (character !== '[') return single(character.codePointAt(0) ?? 0);
    const isNegated = this.#take('^');
    const ranges: CodePointRange[] = [];
    while (!this.#take(']')) {
      const first = this.#classMember();
      const [from] = first[0] ?? [];
      if (this.#peek === '-' && this.#characters[this.#at + 1] !== ']' && from !== undefined) {
        this.#at += 1;
        ranges.push([from, this.#classMember()[0]?.[1] ?? from]);
      } else ranges.push(...first);
    }
    return isNegated ? complement(ranges) : ranges;
  }

  #classMember(): readonly CodePointRange[] {
    const character = this.#next();
    return character === '\\' ? this.#escape(true) : single(character.codePointAt(0) ?? 0);
  }

  #escape(isInClass: boolean): readonly CodePointRange[] {
    const letter = this.#next();
    const ranges = classes[letter];
    if (ranges !== undefined) return ranges;
    if (letter in controls) return single(controls[letter] ?? 0);
    if (letter === 'x') return single(this.#hex(2));
    if (letter === 'u') return single(this.#unicode());
    if (letter === 'c') return single((this.#next().codePointAt(0) ?? 0) % 32);
    if (letter === 'b' && isInClass) return single(8);
    if (/[A-Za-z1-9]/.test(letter)) throw new PatternError(`has \\${letter}`);
    return single(letter.codePointAt(0) ?? 0);
  }

  #unicode(): number {
    if (!this.#take('{')) {
      const unit = this.#hex(4);
      if (unit < 0xd800 || unit > 0xdbff || !this.#take('\\u')) return unit;
      return 0x10000 + (unit - 0xd800) * 0x400 + (this.#hex(4) - 0xdc00);
    }
    let text = '';
    while (!this.#take('}')) text += this.#next();
    return Number.parseInt(text, 16);
  }

  #hex(length: number): number {
    return Number.parseInt(Array.from({ length }, () => this.#next()).join(''), 16);
  }
}

function single(point: number): readonly CodePointRange[] {
  return [[point, point]];
}
