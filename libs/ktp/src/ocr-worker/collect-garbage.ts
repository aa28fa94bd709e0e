import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Frees this thread's garbage now. A picture's pixels lie outside of the heap, and V8 lets some 64 MB of such memory
 * gather in each thread before it looks: longer than a thread between two pictures has to wait.
 */
export function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
