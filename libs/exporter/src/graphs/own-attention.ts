/** Numbers of a vector in the engine's own kernels, and of a head at most. */
const LANES = 16;
const LARGEST_HEAD = 512;

/** Whether the engine's own attention takes heads of this size; a native graph has onnxruntime's for others. */
export function takesOwnAttention(headDim: number): boolean {
  return headDim % LANES === 0 && headDim <= LARGEST_HEAD;
}
