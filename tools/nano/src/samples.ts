import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const sampleSchema = z.object({
  id: z.string(),
  skill: z.enum(['line', 'scene', 'motion', 'compare', 'chat', 'card']),
  /** What is asked, within the skill: `colour`, `add`, … */
  kind: z.string(),
  system: z.string().optional(),
  /** Earlier turns: question, answer. */
  before: z.array(z.tuple([z.string(), z.string()])).default([]),
  /** File names in `media/`. */
  images: z.array(z.string()).default([]),
  /** One PNG with the frames one below the other, already sampled. */
  video: z.object({ file: z.string(), frames: z.int().positive(), fps: z.number().positive() }).optional(),
  question: z.string(),
  expected: z.string(),
});

/** One held-out question with its media and the right answer. */
export type Sample = z.infer<typeof sampleSchema>;

/** The samples of an evaluation folder. */
export async function readSamples(folder: URL): Promise<readonly Sample[]> {
  return z.array(sampleSchema).parse(await readJson(new URL('samples.json', folder)));
}

/** The reference's full greedy answers by sample id, thought included. */
export async function readReference(folder: URL): Promise<Readonly<Record<string, string>>> {
  return z.record(z.string(), z.string()).parse(await readJson(new URL('reference.json', folder)));
}

async function readJson(file: URL): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
