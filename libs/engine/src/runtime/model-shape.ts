import { patchLength, type CheckpointConfig } from '@qwenvl/exporter';
import type { ModelShape } from './runtime.js';

/** The sizes that a runtime needs, from a checkpoint's configuration. */
export function modelShape(config: CheckpointConfig): ModelShape {
  const { text, vision } = config;
  return {
    layers: text.layers,
    kvHeads: text.kvHeads,
    headDim: text.headDim,
    hidden: text.hiddenSize,
    vocab: text.vocabSize,
    deepstack: vision.deepstackBlocks.length,
    patchLength: patchLength(config),
    patchesPerToken: vision.mergeSize ** 2,
  };
}
