import type { GrammarNode } from './grammar-node.js';

/** What is known of the nodes of a grammar. */
export interface NodeFacts {
  /** Some text satisfies it. */
  readonly isProductive: (node: GrammarNode) => boolean;
  /** A node that can begin with itself, before any byte; undefined where there is none. */
  readonly leftRecursive: GrammarNode | undefined;
}

/** Looks at every node that a grammar can reach. */
export function nodeFacts(root: GrammarNode): NodeFacts {
  const nodes = reachable(root);
  const productive = closure(nodes, (node, holds) => {
    switch (node.kind) {
      case 'byte':
      case 'literal':
        return true;
      case 'sequence':
        return node.parts.every(holds);
      case 'choice':
        return node.options.some(holds);
      case 'repeat':
        return node.min <= node.max && (node.min === 0 || holds(node.part));
      case 'rule':
        return holds(node.body());
    }
  });
  const nullable = closure(nodes, (node, holds) => {
    switch (node.kind) {
      case 'byte':
        return false;
      case 'literal':
        return node.bytes.length === 0;
      case 'sequence':
        return node.parts.every(holds);
      case 'choice':
        return node.options.some(holds);
      case 'repeat':
        return node.min === 0 || holds(node.part);
      case 'rule':
        return holds(node.body());
    }
  });
  return {
    isProductive: (node) => productive.has(node),
    leftRecursive: findLeftRecursion(nodes, nullable),
  };
}

function reachable(root: GrammarNode): Set<GrammarNode> {
  const nodes = new Set([root]);
  for (const node of nodes) for (const child of childrenOf(node)) nodes.add(child);
  return nodes;
}

function childrenOf(node: GrammarNode): readonly GrammarNode[] {
  switch (node.kind) {
    case 'byte':
    case 'literal':
      return [];
    case 'sequence':
      return node.parts;
    case 'choice':
      return node.options;
    case 'repeat':
      return [node.part];
    case 'rule':
      return [node.body()];
  }
}

/** The nodes for which something holds, where it may depend on that it holds for others. */
function closure(
  nodes: ReadonlySet<GrammarNode>,
  test: (node: GrammarNode, holds: (node: GrammarNode) => boolean) => boolean,
): ReadonlySet<GrammarNode> {
  const found = new Set<GrammarNode>();
  const holds = (node: GrammarNode): boolean => found.has(node);
  // Children come after their parents, so that most is settled in one turn from the end.
  const ordered = [...nodes].reverse();
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const node of ordered) if (!found.has(node) && test(node, holds)) found.add(node);
  }
  return found;
}

/** What a node may begin with. */
function heads(node: GrammarNode, nullable: ReadonlySet<GrammarNode>): readonly GrammarNode[] {
  if (node.kind !== 'sequence') return childrenOf(node);
  const firstSolid = node.parts.findIndex((part) => !nullable.has(part));
  return firstSolid === -1 ? node.parts : node.parts.slice(0, firstSolid + 1);
}

function findLeftRecursion(
  nodes: ReadonlySet<GrammarNode>,
  nullable: ReadonlySet<GrammarNode>,
): GrammarNode | undefined {
  const done = new Set<GrammarNode>();
  const open = new Set<GrammarNode>();
  for (const start of nodes) {
    const path: { node: GrammarNode; next: readonly GrammarNode[]; at: number }[] = [];
    const enter = (node: GrammarNode): void => {
      open.add(node);
      path.push({ node, next: heads(node, nullable), at: 0 });
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const child = top.next[top.at++];
      if (child === undefined) {
        done.add(top.node);
        open.delete(top.node);
        path.pop();
      } else if (open.has(child)) return child;
      else if (!done.has(child)) enter(child);
    }
  }
  return undefined;
}
