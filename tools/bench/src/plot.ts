import type { Row } from './run-bench.js';

const colours = ['#2563eb', '#60a5fa', '#a3a3a3', '#f59e0b'];
const barHeight = 12;
const labelWidth = 170;
const fullWidth = 460;

/** An SVG of bars: how much faster each subject is than the last one, which is the line at 1. */
export function plot(rows: readonly Row[], names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  const others = names.slice(0, -1);
  const compared = rows.filter(({ values }) => values[last] !== undefined);
  const ratios = compared.map((row) => others.map((name) => ratioOf(row, name, last)));
  const most = Math.max(1, ...ratios.flat().filter(Number.isFinite));
  const groupHeight = others.length * barHeight + 10;
  const height = 40 + compared.length * groupHeight;
  const unit = fullWidth / most;
  const bars = compared.flatMap((row, group) => {
    const top = 34 + group * groupHeight;
    const label = text(0, top + (others.length * barHeight) / 2 + 4, row.name);
    const own = others.map((_, index) => {
      const ratio = ratios[group]?.[index] ?? NaN;
      if (!Number.isFinite(ratio)) return '';
      const y = top + index * barHeight;
      const fill = colours[index % colours.length] ?? '';
      return `<rect x="${labelWidth}" y="${y}" width="${(ratio * unit).toFixed(1)}" height="${barHeight - 2}" fill="${fill}"/>${text(labelWidth + ratio * unit + 4, y + 9, ratio.toFixed(2))}`;
    });
    return [label, ...own];
  });
  const legend = others.map(
    (name, index) =>
      `<rect x="${labelWidth + index * 130}" y="6" width="10" height="10" fill="${colours[index % colours.length] ?? ''}"/>${text(labelWidth + 14 + index * 130, 15, name)}`,
  );
  const one = labelWidth + unit;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${labelWidth + fullWidth + 60}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...legend,
    ...bars,
    `<line x1="${one}" y1="24" x2="${one}" y2="${height}" stroke="#111" stroke-dasharray="3 3"/>`,
    text(one + 4, 28, `${last} = 1`),
    '</svg>\n',
  ].join('\n');
}

/** How many times faster; NaN where one of them was not measured. */
export function ratioOf({ values, unit }: Row, name: string, last: string): number {
  const own = values[name]?.median ?? NaN;
  const other = values[last]?.median ?? NaN;
  return unit === 'tokens/s' ? own / other : other / own;
}

function text(x: number, y: number, content: string): string {
  const escaped = content.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}">${escaped}</text>`;
}
