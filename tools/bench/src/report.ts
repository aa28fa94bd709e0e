import type { Row } from './run-bench.js';
import type { Subject } from './subject.js';

/** A Markdown table: median ± distance of the quartiles, and how much faster each subject is than the last. */
export function table(rows: readonly Row[], subjects: readonly Pick<Subject, 'name'>[]): string {
  const names = subjects.map(({ name }) => name);
  const last = names.at(-1) ?? '';
  const others = names.slice(0, -1);
  const head = ['', ...names, ...others.map((name) => `${name} / ${last}`), 'load'];
  const lines = rows.map(({ name, unit, values, load }) => {
    const cells = names.map((subject) => {
      const summary = values[subject];
      return summary ? `${summary.median.toFixed(1)} ± ${summary.spread.toFixed(1)}` : '–';
    });
    const ratios = others.map((subject) => {
      const own = values[subject]?.median;
      const other = values[last]?.median;
      if (own === undefined || other === undefined) return '–';
      return (unit === 'ms' ? other / own : own / other).toFixed(2);
    });
    return [`${name}, ${unit}`, ...cells, ...ratios, load.toFixed(1)];
  });
  const format = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [format(head), format(head.map(() => '---')), ...lines.map(format)].join('\n');
}
