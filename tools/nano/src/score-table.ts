import type { Score } from './scoring.js';

/** A Markdown table: a row for each kind of question, a column for each way of answering. */
export function scoreTable(columns: ReadonlyMap<string, ReadonlyMap<string, Score>>): string {
  const [first] = columns.values();
  const rows = [...(first ?? [])].map(([kind, { samples }]) => [
    kind,
    samples.toString(),
    ...[...columns.values()].map((scores) => cell(scores.get(kind))),
  ]);
  const head = ['kind', 'samples', ...columns.keys()];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function cell(score: Score | undefined): string {
  if (score === undefined) return '';
  const { exact, fields, nik } = score;
  if (fields === undefined || nik === undefined) return percent(exact);
  return `fields ${percent(fields)}, NIK ${percent(nik)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
