import type { Precision } from '@qwenvl/exporter';
import type { SchedulerLimits } from '../scheduler/scheduler-limits.js';
import type { HubSettings } from './hub-settings.js';

/** Everything the worker needs to load a checkpoint, with defaults filled in. */
export interface LoadRequest {
  readonly model: string;
  readonly revision: string;
  readonly precision: Precision | 'auto';
  readonly hub: HubSettings;
  readonly threads: number;
  /** Undefined: the checkpoint's own, as far as memory allows. */
  readonly contextLength: number | undefined;
  /** Bytes for keys and values of all sequences together. */
  readonly kvMemory: number;
  readonly limits: Omit<SchedulerLimits, 'maxCachedTokens'>;
}
