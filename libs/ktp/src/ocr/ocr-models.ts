import { InferenceSession } from 'onnxruntime-node';

import { DirectionClassifier } from './direction-classifier.js';
import type { Networks, RecogniserNetwork } from './networks.js';
import { TextDetector } from './text-detector.js';
import { type LineRecogniser, TextRecogniser } from './text-recogniser.js';

/** The three networks of PP-OCRv4, ready to run. */
export interface OcrModels {
  readonly detector: TextDetector;
  readonly recogniser: LineRecogniser;
  readonly classifier: DirectionClassifier;
}

/**
 * Makes the networks ready to run.
 *
 * @param threads threads within one operator of the detector
 */
export async function openModels(networks: Networks, threads: number): Promise<OcrModels> {
  return {
    detector: new TextDetector(await openNetwork(networks.detector, threads)),
    recogniser: await openRecogniser(networks.recogniser),
    classifier: new DirectionClassifier(await openNetwork(networks.direction, 1)),
  };
}

/** Opens the recogniser alone. It uses one thread: lines are too small to be divided, but many. */
export async function openRecogniser({ bytes, alphabet }: RecogniserNetwork): Promise<LineRecogniser> {
  return new TextRecogniser(await openNetwork(bytes, 1), alphabet);
}

async function openNetwork(bytes: Uint8Array, threads: number): Promise<InferenceSession> {
  // Without patterns the arena grows to what one run needs, and no further for pictures of other shapes.
  return InferenceSession.create(bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    enableMemPattern: false,
    graphOptimizationLevel: 'all',
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
}
