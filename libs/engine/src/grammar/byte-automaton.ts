import { EngineError } from '../errors.js';
import type { AllowMask } from '../sampling/allow-mask.js';
import type { GrammarNode } from './grammar-node.js';
import { jsonCharacter } from './json-nodes.js';

/** Most frames that one step of an answer may look at: some tenths of a second. Only very ambiguous grammars come near. */
const maxWork = 2_000_000;
/** Most states and frames that are kept for further answers; beyond, all are forgotten and made anew. */
const maxStates = 5000;
const maxFrames = 100_000;

/**
 * What is left to read: the rest of a node, then that of the frame below. `count` says how far the node is: bytes of
 * a literal, parts of a sequence, repeats. Equal frames are one object, so that sets of them can be compared.
 */
interface Frame {
  readonly id: number;
  readonly node: GrammarNode | undefined;
  readonly count: number;
  readonly below: Frame | undefined;
  readonly above: Map<GrammarNode, Map<number, Frame>>;
}

/** A state of the automaton: all that may be left to read. */
export interface ByteState {
  /** True where the text may end here. */
  readonly isEnd: boolean;
  /** Most characters of a JSON string that may follow, where nothing but them and the string's end can. */
  readonly stringRoom: number | undefined;
  /** Which bytes lead to the same state. */
  readonly classes: Uint8Array;
  readonly bytesOfClass: readonly number[];
  readonly heads: readonly Frame[];
  /** Filled when asked for; null: the byte cannot follow. */
  readonly targets: (ByteState | null | undefined)[];
  /** The tokens that may follow, once they have been asked for. */
  mask?: AllowMask;
}

/**
 * Reads a grammar byte by byte: a pushdown automaton whose sets of stacks are the states of an automaton that is made
 * while texts are read. Making one costs nothing; a state is made when the first text comes to it.
 */
export class ByteAutomaton {
  readonly #root: GrammarNode;
  readonly #isProductive: (node: GrammarNode) => boolean;
  #end = endFrame();
  #states = new Map<string, ByteState>();
  #nextId = 1;
  #frames = 0;
  #work = 0;
  #start: ByteState | undefined;

  /** @param isProductive false for nodes that no text satisfies; they are never entered */
  constructor(root: GrammarNode, isProductive: (node: GrammarNode) => boolean) {
    this.#root = root;
    this.#isProductive = isProductive;
  }

  /** Where every text begins. */
  get start(): ByteState {
    return (this.#start ??= this.#stateOf([this.#frame(this.#root, 0, this.#end)]));
  }

  /** Begins a step of an answer: what it may cost is counted from here on. */
  begin(): void {
    this.#work = 0;
  }

  /**
   * Where a byte leads; null where it cannot follow.
   * @throws EngineError `invalid-request` for a grammar in which the text can be read in too many ways
   */
  step(state: ByteState, byte: number): ByteState | null {
    const index = state.classes[byte] ?? 0;
    const known = state.targets[index];
    if (known !== undefined) return known;
    const target = this.#target(state, state.bytesOfClass[index] ?? 0);
    state.targets[index] = target;
    return target;
  }

  /** Forgets all states; those that are in use stay usable. */
  forget(): void {
    this.#states = new Map();
    this.#end = endFrame();
    this.#frames = 0;
    this.#start = undefined;
  }

  #target(state: ByteState, byte: number): ByteState | null {
    const kernel = new Set<Frame>();
    this.#spend(state.heads.length);
    for (const { node, count, below } of state.heads) {
      if (below === undefined) continue;
      if (node?.kind === 'byte') {
        if (node.ranges.some(([first, last]) => byte >= first && byte <= last))
          kernel.add(this.#settle(below));
      } else if (node?.kind === 'literal' && node.bytes[count] === byte) {
        const isDone = count + 1 === node.bytes.length;
        kernel.add(isDone ? this.#settle(below) : this.#frame(node, count + 1, below));
      }
    }
    if (kernel.size === 0) return null;
    if (this.#states.size > maxStates || this.#frames > maxFrames) this.forget();
    return this.#stateOf([...kernel]);
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work > maxWork)
      throw new EngineError(
        'invalid-request',
        'The answer can be read in too many ways by its schema or grammar.',
      );
  }

  /** Frames with but one thing to do are taken to it, so that equal states look equal. */
  #settle(frame: Frame): Frame {
    let at = frame;
    for (;;) {
      const { node, below } = at;
      if (below === undefined || node === undefined) return at;
      if (node.kind === 'sequence') at = this.#part(node.parts, at.count, node, below);
      else if (node.kind === 'literal' && node.bytes.length === 0) at = below;
      else return at;
    }
  }

  #part(parts: readonly GrammarNode[], index: number, node: GrammarNode, below: Frame): Frame {
    const part = parts[index];
    if (part === undefined) return below;
    return this.#frame(part, 0, index + 1 < parts.length ? this.#frame(node, index + 1, below) : below);
  }

  #frame(node: GrammarNode, count: number, below: Frame): Frame {
    let counts = below.above.get(node);
    if (counts === undefined) below.above.set(node, (counts = new Map<number, Frame>()));
    let frame = counts.get(count);
    if (frame === undefined) {
      frame = { id: this.#nextId++, node, count, below, above: new Map() };
      counts.set(count, frame);
      this.#frames += 1;
    }
    return frame;
  }

  #stateOf(kernel: readonly Frame[]): ByteState {
    const key = kernel
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join();
    let state = this.#states.get(key);
    if (state === undefined) this.#states.set(key, (state = this.#makeState(kernel)));
    return state;
  }

  #makeState(kernel: readonly Frame[]): ByteState {
    const heads: Frame[] = [];
    const isEnd = this.#expand(kernel, heads);
    const stringRoom = kernel.length === 1 ? roomOf(kernel[0]) : undefined;
    return { isEnd, stringRoom, heads, targets: [], ...byteClasses(heads) };
  }

  /** Collects the frames that read a byte; true where the text may end. */
  #expand(kernel: readonly Frame[], heads: Frame[]): boolean {
    const seen = new Set(kernel);
    let isEnd = false;
    const visit = (frame: Frame): void => {
      seen.add(frame);
    };
    // A set is walked in the order in which it grows.
    for (const { node, count, below } of seen) {
      this.#spend(1);
      if (below === undefined || node === undefined) {
        isEnd = true;
        continue;
      }
      if (!this.#isProductive(node)) continue;
      switch (node.kind) {
        case 'byte':
          heads.push(this.#frame(node, count, below));
          break;
        case 'literal':
          if (node.bytes.length === 0) visit(below);
          else heads.push(this.#frame(node, count, below));
          break;
        case 'sequence':
          visit(this.#part(node.parts, count, node, below));
          break;
        case 'choice':
          for (const option of node.options) visit(this.#frame(option, 0, below));
          break;
        case 'rule':
          visit(this.#frame(node.body(), 0, below));
          break;
        case 'repeat': {
          if (count >= node.min) visit(below);
          if (count >= node.max) break;
          // Without a maximum, repeats beyond the minimum are all alike.
          const next = node.max === Infinity ? Math.min(count + 1, node.min) : count + 1;
          visit(this.#frame(node.part, 0, this.#frame(node, next, below)));
          break;
        }
        default:
          node satisfies never;
      }
    }
    return isEnd;
  }
}

function endFrame(): Frame {
  return { id: 0, node: undefined, count: 0, below: undefined, above: new Map() };
}

/** Characters that may follow where a frame stands in a JSON string. */
function roomOf(frame: Frame | undefined): number | undefined {
  const node = frame?.node;
  if (node?.kind !== 'repeat' || node.part !== jsonCharacter) return undefined;
  return node.max - (frame?.count ?? 0);
}

/** Bytes that no head tells apart are one class. */
function byteClasses(heads: readonly Frame[]): Pick<ByteState, 'classes' | 'bytesOfClass'> {
  const isBorder = new Uint8Array(257);
  isBorder[0] = 1;
  for (const { node, count } of heads) {
    if (node?.kind === 'literal') {
      const byte = node.bytes[count] ?? 0;
      isBorder[byte] = isBorder[byte + 1] = 1;
    } else if (node?.kind === 'byte') {
      for (const [first, last] of node.ranges) isBorder[first] = isBorder[last + 1] = 1;
    }
  }
  const classes = new Uint8Array(256);
  const bytesOfClass: number[] = [];
  for (let byte = 0; byte < 256; byte += 1) {
    if (isBorder[byte] === 1) bytesOfClass.push(byte);
    classes[byte] = bytesOfClass.length - 1;
  }
  return { classes, bytesOfClass };
}
