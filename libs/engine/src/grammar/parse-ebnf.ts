import { EngineError } from '../errors.js';
import { anyCharacter, characterOf, type CodePointRange, complement } from './code-points.js';
import {
  choice,
  type GrammarNode,
  literal,
  maxRepeats,
  nothing,
  repeat,
  rule,
  sequence,
} from './grammar-node.js';

/** Deepest nesting of groups. */
const maxDepth = 100;

const tokenKinds = {
  space: /(?:[ \t\r\n]|#[^\n]*)+/y,
  text: /"(?:[^"\\\n]|\\[^\n])*"/y,
  set: /\[(?:[^\]\\\n]|\\[^\n])*\]/y,
  define: /[A-Za-z_][\w.-]*[ \t]*::=/y,
  name: /[A-Za-z_][\w.-]*/y,
  count: /[*+?]|\{[ \t]*\d+[ \t]*(?:,[ \t]*\d*[ \t]*)?\}/y,
  mark: /[|().]/y,
} as const;
type Kind = keyof typeof tokenKinds;

interface Token {
  readonly kind: Kind;
  readonly text: string;
  readonly at: number;
}

/**
 * An EBNF grammar in the form of llama.cpp's GBNF, as the grammar of its rule `root`: rules `name ::= …`, texts in
 * quotes, sets `[a-z]` and `[^a-z]`, `.` for any character, groups, `|`, `*`, `+`, `?`, `{m}`, `{m,}`, `{m,n}`,
 * comments after `#`.
 *
 * @throws EngineError `invalid-request` telling the place of what is wrong
 */
export function parseEbnf(text: string): GrammarNode {
  return new EbnfParser(text).parse();
}

class EbnfParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #rules = new Map<string, GrammarNode>();
  readonly #used = new Map<string, Token>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = this.#split();
  }

  parse(): GrammarNode {
    while (this.#peek !== undefined) {
      const token = this.#next();
      if (token.kind !== 'define') return this.#fail('a rule `name ::= …` is expected', token.at);
      const name = token.text.slice(0, -3).trim();
      if (this.#rules.has(name)) return this.#fail(`the rule ${name} is there twice`, token.at);
      this.#rules.set(name, this.#branches(0));
    }
    for (const [name, { at }] of this.#used)
      if (!this.#rules.has(name)) return this.#fail(`there is no rule ${name}`, at);
    return this.#rules.get('root') ?? this.#fail('there is no rule root', 0);
  }

  #split(): Token[] {
    const tokens: Token[] = [];
    for (let at = 0; at < this.#text.length;) {
      const token = this.#tokenAt(at);
      if (token === undefined) return this.#fail('this cannot be read', at);
      if (token.kind !== 'space') tokens.push(token);
      at += token.text.length;
    }
    return tokens;
  }

  #tokenAt(at: number): Token | undefined {
    for (const [kind, pattern] of Object.entries(tokenKinds)) {
      pattern.lastIndex = at;
      const [text] = pattern.exec(this.#text) ?? [];
      if (text !== undefined) return { kind: kind as Kind, text, at };
    }
    return undefined;
  }

  get #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at] ?? this.#fail('the grammar ends too early', this.#text.length);
    this.#at += 1;
    return token;
  }

  #take(text: string): boolean {
    if (this.#peek?.kind !== 'mark' || this.#peek.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #branches(depth: number): GrammarNode {
    if (depth > maxDepth) return this.#fail(`groups are nested deeper than ${maxDepth}`, this.#peek?.at ?? 0);
    const branches = [this.#sequence(depth)];
    while (this.#take('|')) branches.push(this.#sequence(depth));
    return choice(...branches);
  }

  #sequence(depth: number): GrammarNode {
    const parts: GrammarNode[] = [];
    for (let token = this.#peek; token !== undefined && token.kind !== 'define'; token = this.#peek) {
      if (token.text === '|' || token.text === ')') break;
      let part = this.#atom(depth);
      while (this.#peek?.kind === 'count') part = this.#counted(part, this.#next());
      parts.push(part);
    }
    return sequence(...parts);
  }

  #counted(part: GrammarNode, { text, at }: Token): GrammarNode {
    if (text === '*') return repeat(part, 0, Infinity);
    if (text === '+') return repeat(part, 1, Infinity);
    if (text === '?') return repeat(part, 0, 1);
    const [min = '', max] = text.slice(1, -1).split(',');
    const from = Number(min);
    const to = max === undefined ? from : max.trim() === '' ? Infinity : Number(max);
    if (from > maxRepeats || from > to) return this.#fail('this count cannot be honoured', at);
    return repeat(part, from, to);
  }

  #atom(depth: number): GrammarNode {
    const token = this.#next();
    switch (token.kind) {
      case 'text':
        return literal(
          this.#points(token.text.slice(1, -1), token.at)
            .map((point) => String.fromCodePoint(point))
            .join(''),
        );
      case 'set':
        return this.#set(token);
      case 'name': {
        this.#used.set(token.text, token);
        return rule(() => this.#rules.get(token.text) ?? nothing);
      }
      case 'mark': {
        if (token.text === '.') return characterOf(anyCharacter);
        if (token.text !== '(') break;
        const inner = this.#branches(depth + 1);
        if (!this.#take(')')) return this.#fail('a group is not closed', token.at);
        return inner;
      }
      case 'count':
      case 'define':
      case 'space':
        break;
      default:
        token.kind satisfies never;
    }
    return this.#fail('this is not expected here', token.at);
  }

  #set({ text, at }: Token): GrammarNode {
    const isNegated = text.startsWith('[^');
    // An escaped bar is no range; it is told from a plain one by its place among the points.
    const members = this.#members(text.slice(isNegated ? 2 : 1, -1), at);
    const ranges: CodePointRange[] = [];
    for (let index = 0; index < members.length; index += 1) {
      const first = members[index]?.point ?? 0;
      const isRange = members[index + 1]?.isBar === true && members[index + 2] !== undefined;
      const last = isRange ? (members[index + 2]?.point ?? 0) : first;
      if (last < first) return this.#fail('a range runs backwards', at);
      ranges.push([first, last]);
      if (isRange) index += 2;
    }
    return characterOf(isNegated ? complement(ranges) : ranges);
  }

  #points(text: string, at: number): number[] {
    return this.#members(text, at).map(({ point }) => point);
  }

  /** The characters of a text with escapes; `isBar` for a hyphen that is not escaped. */
  #members(text: string, at: number): { readonly point: number; readonly isBar: boolean }[] {
    const pieces = text.matchAll(/\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|(.)/gsu);
    return Array.from(pieces, ([, byte, short, long, letter, plain]) => {
      if (plain !== undefined) return { point: plain.codePointAt(0) ?? 0, isBar: plain === '-' };
      const digits = byte ?? short ?? long;
      const point = digits === undefined ? this.#escaped(letter ?? '', at) : Number.parseInt(digits, 16);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return this.#fail('an escape is no character', at);
      return { point, isBar: false };
    });
  }

  #escaped(letter: string, at: number): number {
    const point = { n: 10, r: 13, t: 9, '0': 0, b: 8, f: 12, v: 11 }[letter];
    if (point !== undefined) return point;
    if (/[A-Za-z0-9]/.test(letter)) return this.#fail(`\\${letter} is not known`, at);
    return letter.codePointAt(0) ?? 0;
  }

  #fail(reason: string, at: number): never {
    const before = this.#text.slice(0, at).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new EngineError('invalid-request', `grammar: ${reason} (${place}).`);
  }
}
