import { EngineError } from '../errors.js';
import type { RgbImage } from '../types.js';
import type { ChatTask, GenerateTask } from './protocol.js';

/**
 * The buffers of a task's pictures that can be handed to another thread without a copy: those a picture fills wholly.
 * A view into a larger buffer is copied instead, because a transfer would take the rest of it away too.
 */
export function pixelBuffers(task: GenerateTask): ArrayBuffer[] {
  const arrays =
    'messages' in task ? pictures(task).map(({ data }) => data) : task.media.map(({ patches }) => patches);
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of arrays) {
    if (byteLength === 0) {
      throw new EngineError(
        'invalid-image',
        'A picture has no pixels. Pixels are handed over with a request: decode the picture again for the next one.',
      );
    }
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer);
  }
  return [...buffers];
}

function pictures({ messages }: ChatTask): RgbImage[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : content.flatMap((part) => {
          if (part.type === 'image') return [part.image];
          return part.type === 'video' ? part.video.frames : [];
        }),
  );
}
