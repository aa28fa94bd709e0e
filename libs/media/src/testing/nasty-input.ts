import type { MediaErrorCode } from '../media-error.js';
import type { MediaPolicyInput } from '../policy.js';

/** What may come of an input: a size `WxH`, a number of frames `Nx WxH`, or an error's code. */
export interface NastyInput {
  readonly name: string;
  readonly kind: 'image' | 'video';
  readonly make: () => Uint8Array;
  /** `anything` where damage may or may not be survivable: pixels or any code are fine. */
  readonly expect:
    MediaErrorCode | `${number}x${number}` | `${number} frames ${number}x${number}` | 'anything';
  readonly policy?: MediaPolicyInput;
}

/** What came of it, as the child process that tries it writes it: one line of JSON each. */
export interface NastyOutcome {
  readonly name: string;
  readonly outcome: string;
  readonly milliseconds: number;
  /** Most memory that the process held during the input, in megabytes. */
  readonly peakMegabytes: number;
}
