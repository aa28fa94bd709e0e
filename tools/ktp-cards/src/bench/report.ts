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
    s.p50.toFixed(0),
    s.p95.toFixed(0),
    s.cpu.toFixed(0),
    (s.memory / 1e6).toFixed(0),
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
    'p50 ms',
    'p95 ms',
    'CPU ms',
    'MB',
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
    'Exact / ignoring spaces, by field:',
    '',
    table(['field', ...read.map(({ reader, level }) => `${reader} ${level}`)], fields),
  ].join('\n');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
