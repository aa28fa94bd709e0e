/** Release of onnxruntime whose C interface {@link apiTable} describes; no other is used. */
export const onnxruntimeVersion = '1.30.0';

/** Version of the `OrtApi` table to ask for: the minor number of the release. */
export const apiVersion = 30;

/**
 * Places in `struct OrtApi` of `onnxruntime_c_api.h`, counted from 0. The table only ever grows at its end; the
 * places of ReleaseCustomOpDomain (101) and SetGlobalSpinControl (149) are asserted in onnxruntime's own source.
 */
export const apiTable = {
  GetErrorCode: 1,
  GetErrorMessage: 2,
  CreateEnv: 3,
  CreateSession: 7,
  Run: 9,
  CreateSessionOptions: 10,
  SetSessionGraphOptimizationLevel: 23,
  SetIntraOpNumThreads: 24,
  SetInterOpNumThreads: 25,
  CreateTensorWithDataAsOrtValue: 49,
  CreateCpuMemoryInfo: 69,
  ReleaseStatus: 93,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseSessionOptions: 100,
  RegisterCustomOpsLibrary_V2: 228,
} as const;

/** `ONNXTensorElementDataType`. */
export const elementTypes = { f32: 1, i8: 3, i32: 6, i64: 7 } as const;

/** `OrtLoggingLevel`: errors only. */
export const logErrors = 3;

/** `GraphOptimizationLevel`: all. */
export const optimiseAll = 99;

/** `OrtArenaAllocator` and `OrtMemTypeDefault`: plain memory of the process. */
export const plainMemory = { allocator: 1, memory: 0 } as const;
