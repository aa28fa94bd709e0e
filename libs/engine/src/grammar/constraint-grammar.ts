import { EngineError } from '../errors.js';
import { choice, type GrammarNode, literal, sequence } from './grammar-node.js';
import { colon, comma, jsonAnyObject, jsonText } from './json-nodes.js';
import { nodeFacts } from './node-checks.js';
import type { OutputConstraint } from './output-constraint.js';
import { parseEbnf } from './parse-ebnf.js';
import { schemaGrammar } from './schema-grammar.js';

/** What an answer consists of: fixed texts around what a grammar derives. Added tokens count in the fixed texts. */
export interface ConstraintGrammar {
  readonly prefix: string;
  readonly root: GrammarNode;
  readonly isProductive: (node: GrammarNode) => boolean;
  /** Where there is one, the grammar's part ends as soon as it can; otherwise the model ends the answer. */
  readonly suffix: string | undefined;
}

/**
 * The grammar of a constraint whose keywords have been checked.
 * @throws EngineError `invalid-request` for one that no text satisfies, or that cannot be followed
 */
export function constraintGrammar(constraint: OutputConstraint): ConstraintGrammar {
  const root = rootOf(constraint);
  const { isProductive, leftRecursive } = nodeFacts(root);
  if (leftRecursive !== undefined)
    throw new EngineError('invalid-request', 'The schema or grammar has a rule that begins with itself.');
  if (!isProductive(root))
    throw new EngineError('invalid-request', 'No answer can satisfy the schema or grammar.');
  const isCall = constraint.type === 'tool-call';
  return {
    prefix: isCall ? '<tool_call>\n' : '',
    root,
    isProductive,
    suffix: isCall ? '\n</tool_call>' : undefined,
  };
}

function rootOf(constraint: OutputConstraint): GrammarNode {
  switch (constraint.type) {
    case 'json-object':
      return jsonAnyObject;
    case 'json-schema':
      return schemaGrammar(constraint.schema);
    case 'grammar':
      return parseEbnf(constraint.grammar);
    case 'choice':
      return choice(...constraint.choices.map(literal));
    case 'tool-call':
      return choice(...constraint.tools.map(callNode));
  }
}

function callNode({
  name,
  parameters,
}: {
  name: string;
  parameters?: Record<string, unknown> | undefined;
}): GrammarNode {
  const isOpen = parameters === undefined || Object.keys(parameters).length === 0;
  return sequence(
    literal(`{"name"${colon}${jsonText(name)}${comma}"arguments"${colon}`),
    isOpen ? jsonAnyObject : schemaGrammar({ type: 'object', ...parameters }),
    literal('}'),
  );
}
