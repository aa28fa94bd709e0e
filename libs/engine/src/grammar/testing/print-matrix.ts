/** Prints which keywords of JSON Schema answers are held to, and why the others are refused: `npm run schema-matrix`. */
import { parseOutputConstraint } from '../output-constraint.js';
import { keywordMatrix } from './keyword-matrix.js';

const width = Math.max(...keywordMatrix.map(([keyword]) => keyword.length));
let honoured = 0;
let wrong = 0;
for (const [keyword, schema, isExpected] of keywordMatrix) {
  const refusal = refusalOf(schema);
  if (refusal === undefined) honoured += 1;
  if ((refusal === undefined) !== isExpected) wrong += 1;
  process.stdout.write(
    `${keyword.padEnd(width)}  ${refusal === undefined ? 'honoured' : `refused: ${refusal}`}\n`,
  );
}
process.stdout.write(`\n${honoured} honoured, ${keywordMatrix.length - honoured} refused, none ignored\n`);
if (wrong > 0) process.exitCode = 1;

function refusalOf(schema: Record<string, unknown>): string | undefined {
  try {
    parseOutputConstraint({ type: 'json-schema', schema });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace('JSON schema: ', '') : String(error);
  }
}
