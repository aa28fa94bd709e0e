import { LEVELS } from '../levels.js';
import { SCORED_FIELDS } from './expected.js';
import type { BenchRecord } from './record.js';
import { score } from './score.js';

const percent = (value: number | undefined) => (value === undefined ? '' : `${(value * 100).toFixed(1)} %`);

/** Markdown tables: one line a reader and level, then one line a field. */
export function report(records: readonly BenchRecord[]): string {
  const groups = [...new Set(records.map((record) => record.reader))].flatMap((reader) =>
    LEVELS.map((level) => ({
      reader,
      level,
      score: score(records.filter((record) => record.reader === reader && record.level === level)),
    })).filter((group) => group.score.cards > 0),
  );
  const summary = groups.map(({ reader, level, score: s }) => [
    reader,
    level,
    s.cards.toString(),
    percent(s.exact),
    percent(s.loose),
    percent(s.nikExact),
    percent(s.nikWrong),
    percent(s.nikWrongUnflagged),
    percent(s.refused),
    percent(s.rightReason),
  ]);
  const cost = groups.map(({ reader, level, score: s }) => [
    reader,
    level,
    s.cards.toString(),
    s.p50.toFixed(0),
    s.p95.toFixed(0),
    s.cpu.toFixed(0),
    (s.memory / 1e6).toFixed(0),
    (s.peakMemory / 1e6).toFixed(0),
  ]);
  const heads = [
    'reader',
    'level',
    'cards',
    'fields exact',
    'ignoring spaces',
    'NIK exact',
    'NIK wrong',
    'wrong, no warning',
    'refused',
    'right reason',
  ];
  const costHeads = [
    'reader',
    'level',
    'cards',
    'p50, ms',
    'p95, ms',
    'processor time, ms',
    'memory, MB',
    'peak, MB',
  ];
  const names = [...SCORED_FIELDS, 'provinsi', 'kab_kota', 'gol_darah', 'tempat_terbit', 'tanggal_terbit'];
  const read = groups.filter((group) => group.level !== 'extra-hard');
  const fields = names.map((name) => [
    name,
    ...read.map(({ score: s }) => `${percent(s.byField[name]?.exact)} / ${percent(s.byField[name]?.loose)}`),
  ]);
  return [
    table(heads, summary),
    '',
    'Time and memory:',
    '',
    table(costHeads, cost),
    '',
    'What became of the pictures that nobody could read:',
    '',
    table(['reader', 'defect', 'cards', 'answers'], defects(records)),
    '',
    'Exact / ignoring spaces, by field:',
    '',
    table(['field', ...read.map(({ reader, level }) => `${reader} ${level}`)], fields),
  ].join('\n');
}

/** For each reader and defect how often which reason was given; `read` where none was. */
function defects(records: readonly BenchRecord[]): string[][] {
  const groups = new Map<string, BenchRecord[]>();
  for (const record of records) {
    if (record.defect === null) continue;
    const key = `${record.reader} ${record.defect}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups].map(([key, members]) => {
    const counts = new Map<string, number>();
    for (const { refused } of members)
      counts.set(refused ?? 'read', (counts.get(refused ?? 'read') ?? 0) + 1);
    const answers = [...counts].sort((a, b) => b[1] - a[1]).map(([answer, count]) => `${answer} ${count}`);
    return [...key.split(' '), members.length.toString(), answers.join(', ')];
  });
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
