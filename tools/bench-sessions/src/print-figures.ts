/** Prints a line of figures, two decimals at most. */
export function printFigures(name: string, figures: Readonly<Record<string, number>>): void {
  const text = Object.entries(figures).map(([key, value]) => `${key} ${Number(value.toFixed(2))}`);
  process.stdout.write(`${name}: ${text.join('  ')}\n`);
}
