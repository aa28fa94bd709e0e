import type { Precision } from '@qwenvl/exporter';
import type { KvCacheType } from '../runtime/kv-buffers.js';
import type { Device } from '../runtime/device.js';
import type { SchedulerLimits } from '../scheduler/scheduler-limits.js';
import type { HubSettings } from './hub-settings.js';
import type { PrefillWeights } from './prefill-weights.js';

/** Which way to onnxruntime is taken; `auto` is `native` where that can be had. */
export type RuntimeChoice = 'auto' | 'native' | 'stock';

/** Everything the worker needs to load a checkpoint, with defaults filled in. */
export interface LoadRequest {
  readonly model: string;
  readonly revision: string;
  readonly precision: Precision | 'auto';
  readonly hub: HubSettings;
  readonly threads: number;
  readonly runtime: RuntimeChoice;
  readonly device: Device;
  readonly kvCache: KvCacheType;
  readonly prefillWeights: PrefillWeights;
  /** Undefined: the checkpoint's own, as far as memory allows. */
  readonly contextLength: number | undefined;
  /** Bytes for keys and values of all sequences together. */
  readonly kvMemory: number;
  readonly limits: Omit<SchedulerLimits, 'maxCachedTokens'>;
}
