import type { BenchRecord } from './record.js';
import { SCORED_FIELDS } from './expected.js';

/** Figures of one reader at one level; shares in `[0, 1]`. */
export interface Score {
  readonly cards: number;
  readonly refused: number;
  /** Share of field values that equal the print. A refused card counts as wrong in every field. */
  readonly exact: number;
  /** The same with all spaces left aside. */
  readonly loose: number;
  readonly nikExact: number;
  /** Share of cards whose NIK is wrong although nothing warns of it. */
  readonly nikWrongUnflagged: number;
  readonly nikWrong: number;
  /** Share of cards refused with the reason that applies; only level extra-hard has one. */
  readonly rightReason: number | undefined;
  readonly p50: number;
  readonly p95: number;
  readonly cpu: number;
  readonly memory: number;
  readonly peakMemory: number;
  readonly byField: Readonly<Record<string, { readonly exact: number; readonly loose: number }>>;
}

export function score(records: readonly BenchRecord[]): Score {
  const cards = records.length;
  const field = (name: string, same: (a: string, b: string) => boolean) =>
    share(
      records,
      (record) => record.refused === null && same(record.values[name] ?? '', record.expected[name] ?? ''),
    );
  const byField = Object.fromEntries(
    Object.keys(records[0]?.expected ?? {}).map((name) => [
      name,
      { exact: field(name, (a, b) => a === b), loose: field(name, (a, b) => tight(a) === tight(b)) },
    ]),
  );
  const mean = (kind: 'exact' | 'loose') =>
    SCORED_FIELDS.reduce((sum, name) => sum + (byField[name]?.[kind] ?? 0), 0) / SCORED_FIELDS.length;
  const wrong = (record: BenchRecord) =>
    record.refused === null && record.values['nik'] !== '' && record.values['nik'] !== record.expected['nik'];
  return {
    cards,
    refused: share(records, (record) => record.refused !== null),
    exact: mean('exact'),
    loose: mean('loose'),
    nikExact: byField['nik']?.exact ?? 0,
    nikWrong: share(records, wrong),
    nikWrongUnflagged: share(records, (record) => wrong(record) && record.nikWarnings.length === 0),
    rightReason: records.some((record) => record.defect !== null)
      ? share(records, (record) => record.refused === record.defect)
      : undefined,
    p50: percentile(
      records.map((record) => record.milliseconds),
      0.5,
    ),
    p95: percentile(
      records.map((record) => record.milliseconds),
      0.95,
    ),
    cpu: records.reduce((sum, record) => sum + record.cpuMilliseconds, 0) / Math.max(1, cards),
    memory: Math.max(0, ...records.map((record) => record.memory)),
    peakMemory: Math.max(0, ...records.map((record) => record.peakMemory)),
    byField,
  };
}

function tight(text: string): string {
  return text.replace(/\s/g, '');
}

function share(records: readonly BenchRecord[], is: (record: BenchRecord) => boolean): number {
  return records.filter(is).length / Math.max(1, records.length);
}

function percentile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? 0;
}
