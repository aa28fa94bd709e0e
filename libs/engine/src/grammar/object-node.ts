import { choice, type GrammarNode, literal, repeat, sequence } from './grammar-node.js';
import { colon, comma, jsonMember, jsonValue } from './json-nodes.js';
import { isJson, type Json } from './schema-parts.js';

interface Member {
  /** Its name and what comes before its value. */
  readonly head: string;
  readonly value: GrammarNode;
  readonly isRequired: boolean;
}

/** An object's grammar: the listed properties in their order, then others where they may be. */
export function objectNode(schema: Json, compile: (schema: unknown) => GrammarNode): GrammarNode {
  const properties = isJson(schema['properties']) ? schema['properties'] : undefined;
  const rest = schema['additionalProperties'] ?? properties === undefined;
  const required = new Set([schema['required'] ?? []].flat().map(String));
  const parts = new Map(Object.entries(properties ?? {}));
  // A name that is required and not listed is one of the additional properties; where there are none, no object fits.
  for (const name of required) if (!parts.has(name)) parts.set(name, schema['additionalProperties'] ?? true);
  const members = [...parts].map(([name, part]): Member => {
    const isRequired = required.has(name);
    return { head: `${JSON.stringify(name)}${colon}`, value: compile(part), isRequired };
  });
  const others = rest === false ? undefined : rest === true ? jsonValue : compile(rest);
  const extra = others === undefined ? undefined : jsonMember([...parts.keys()], others);
  return sequence(literal('{'), membersNode(members, extra));
}

/** Built from the end, where it is known what may follow; each place once for "first" and once for "after others". */
function membersNode(members: readonly Member[], extra: GrammarNode | undefined): GrammarNode {
  const close = literal('}');
  let afterOthers = close;
  let first = close;
  if (extra !== undefined) {
    const more = repeat(sequence(literal(comma), extra), 0, Infinity);
    afterOthers = sequence(more, close);
    first = choice(close, sequence(extra, more, close));
  }
  for (const { head, value, isRequired } of [...members].reverse()) {
    const isNext = sequence(literal(comma + head), value, afterOthers);
    const isFirst = sequence(literal(head), value, afterOthers);
    first = isRequired ? isFirst : choice(isFirst, first);
    afterOthers = isRequired ? isNext : choice(isNext, afterOthers);
  }
  return first;
}
