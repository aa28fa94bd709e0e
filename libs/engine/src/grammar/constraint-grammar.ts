import { rewriteSchema } from './rewrite-schema.js';
import type { OutputConstraint } from './output-constraint.js';

/** A grammar to compile: a JSON schema as text, or EBNF. */
export type GrammarSource = { readonly type: 'schema' | 'ebnf'; readonly text: string };

/** What an answer consists of: fixed texts around what a grammar derives. Added tokens count in the fixed texts. */
export interface ConstraintGrammar {
  readonly prefix: string;
  readonly source: GrammarSource;
  /** Where there is one, the grammar's part ends as soon as it can; otherwise the model ends the answer. */
  readonly suffix: string | undefined;
}

/** The grammar of a constraint. */
export function constraintGrammar(constraint: OutputConstraint): ConstraintGrammar {
  switch (constraint.type) {
    case 'json-object':
      return plain({ type: 'schema', text: '{"type":"object"}' });
    case 'json-schema':
      return plain({ type: 'schema', text: JSON.stringify(rewriteSchema(constraint.schema)) });
    case 'grammar':
      return plain({ type: 'ebnf', text: constraint.grammar });
    case 'choice': {
      const choices = constraint.choices.map(quote).join(' | ');
      return plain({ type: 'ebnf', text: `root ::= ${choices}` });
    }
    case 'tool-call': {
      const calls = constraint.tools.map(({ name, parameters }) => callSchema(name, parameters));
      const schema = calls.length === 1 ? calls[0] : { anyOf: calls };
      const source = { type: 'schema', text: JSON.stringify(schema) } as const;
      return { prefix: '<tool_call>\n', source, suffix: '\n</tool_call>' };
    }
  }
}

function plain(source: GrammarSource): ConstraintGrammar {
  return { prefix: '', source, suffix: undefined };
}

function callSchema(name: string, parameters: Readonly<Record<string, unknown>> = {}): object {
  const { $defs, definitions, ...schema } = parameters;
  const body = Object.keys(schema).length === 0 ? { type: 'object' } : rewriteSchema(schema);
  return {
    type: 'object',
    properties: { name: { const: name }, arguments: body },
    required: ['name', 'arguments'],
    additionalProperties: false,
    ...($defs === undefined ? {} : { $defs: closeDefinitions($defs) }),
    ...(definitions === undefined ? {} : { definitions: closeDefinitions(definitions) }),
  };
}

function closeDefinitions(definitions: unknown): unknown {
  const closed = rewriteSchema({ $defs: definitions }) as { $defs: unknown };
  return closed.$defs;
}

/** An EBNF string: what could be read otherwise is written as its code point. */
function quote(text: string): string {
  const escaped = Array.from(text, (character) => {
    if (/^[A-Za-z0-9 _.,:;!?()-]$/.test(character)) return character;
    return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
