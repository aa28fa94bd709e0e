import { z } from 'zod';

/** What became of one card; one line of the results file. */
export const recordSchema = z.object({
  reader: z.string(),
  seed: z.number(),
  level: z.enum(['clean', 'mild', 'hard', 'extra-hard']),
  index: z.number(),
  defect: z.string().nullable(),
  /** Reason of a refusal, `error:…` for anything unexpected, `null` when the card was read. */
  refused: z.string().nullable(),
  expected: z.record(z.string(), z.string()),
  values: z.record(z.string(), z.string()),
  /** Codes of the warnings on the NIK that are no mere information. */
  nikWarnings: z.array(z.string()),
  milliseconds: z.number(),
  /** Processor time of the reader's process while the card was read, all threads, milliseconds. */
  cpuMilliseconds: z.number(),
  /** Resident memory of the process afterwards, bytes. */
  memory: z.number(),
  /** Most resident memory that the process ever had, bytes. */
  peakMemory: z.number(),
});

export type BenchRecord = z.infer<typeof recordSchema>;
