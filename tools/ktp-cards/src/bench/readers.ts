import type { FieldName } from '@qwenvl/ktp';
import { FIELD_NAMES, KtpError, ImageRefusedError, OcrReader } from '@qwenvl/ktp';

import { readValues } from './expected.js';
import { readPixels } from './read-pixels.js';
import type { ReaderRequest } from './reader-client.js';
import { TesseractReader } from './tesseract-reader.js';

/** A reader's answer in the form that the benchmark compares. */
export interface Answer {
  readonly values: Record<FieldName, string>;
  readonly refused: string | null;
  readonly nikWarnings: readonly string[];
}

/** One of the readers under test. */
export interface BenchReader {
  read(request: ReaderRequest): Promise<Answer>;
}

export const READER_NAMES = ['ocr', 'tesseract'] as const;
export type ReaderName = (typeof READER_NAMES)[number];

const NOTHING = Object.fromEntries(FIELD_NAMES.map((name) => [name, ''])) as Record<FieldName, string>;

/** @param threads threads of the offline reader */
export async function openReader(name: ReaderName, threads: number): Promise<BenchReader> {
  switch (name) {
    case 'ocr':
      return offlineReader(threads);
    case 'tesseract':
      return TesseractReader.open();
  }
}

function offlineReader(threads: number): BenchReader {
  const reader = new OcrReader({ threads, timeoutMs: 300_000 });
  return {
    async read(request) {
      const image = await readPixels(request);
      try {
        const result = await reader.read(image);
        const serious = result.detail.nik.warnings.filter(({ severity }) => severity !== 'information');
        return { values: readValues(result), refused: null, nikWarnings: serious.map(({ code }) => code) };
      } catch (error) {
        if (ImageRefusedError.isInstance(error))
          return { values: NOTHING, refused: error.reason, nikWarnings: [] };
        const code = KtpError.isInstance(error) ? error.code : 'unknown';
        return { values: NOTHING, refused: `error:${code}`, nikWarnings: [] };
      }
    },
  };
}
