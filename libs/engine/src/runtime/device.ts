/** Processors that graphs may run on; all but `cpu` depend on the platform and on what is installed. */
export const devices = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const;

/** One of {@link devices}. */
export type Device = (typeof devices)[number];
