import { ratioOf } from './plot.js';
import type { Row } from './run-bench.js';
import type { Subject } from './subject.js';

/** A Markdown table: median ± distance of the quartiles, and how much faster each subject is than the last. */
export function table(rows: readonly Row[], subjects: readonly Pick<Subject, 'name'>[]): string {
  const names = subjects.map(({ name }) => name);
  const last = names.at(-1) ?? '';
  const others = names.slice(0, -1);
  const head = ['', ...names, ...others.map((name) => `${name} / ${last}`), 'others'];
  const lines = rows.map((row) => {
    const cells = names.map((subject) => {
      const summary = row.values[subject];
      if (!summary) return '–';
      const median = summary.median.toFixed(1);
      return summary.count > 1 ? `${median} ± ${summary.spread.toFixed(1)}` : median;
    });
    const ratios = others.map((name) => {
      const ratio = ratioOf(row, name, last);
      return Number.isFinite(ratio) ? ratio.toFixed(2) : '–';
    });
    return [
      `${row.name}, ${row.unit}`,
      ...cells,
      ...ratios,
      Number.isFinite(row.load) ? row.load.toFixed(2) : '–',
    ];
  });
  const format = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [format(head), format(head.map(() => '---')), ...lines.map(format)].join('\n');
}
