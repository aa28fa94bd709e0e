import type { Admission } from '../admission/admission.js';
import type { MediaResolver } from '../chat/media-resolver.js';
import type { Tracing } from './tracing.js';

/** An admission whose waits are spans. */
export function traceQueue(
  admission: Pick<Admission, 'enter'>,
  tracing: Tracing | undefined,
): Pick<Admission, 'enter'> {
  if (tracing === undefined) return admission;
  return {
    enter: (lane) => {
      const ticket = admission.enter(lane);
      return {
        start: (signal) => tracing.span('queue', () => ticket.start(signal)),
        release: () => {
          ticket.release();
        },
      };
    },
  };
}

/** A media resolver whose work for one request is a span. */
export function traceMedia(resolve: MediaResolver, tracing: Tracing | undefined): MediaResolver {
  if (tracing === undefined) return resolve;
  return (...request) => tracing.span('media', () => resolve(...request));
}
