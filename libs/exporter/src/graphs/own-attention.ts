/** Numbers of a vector in the engine's own kernels. */
const LANES = 16;

/** Whether the engine's own attention takes heads of this size; a native graph has onnxruntime's for others. */
export function takesOwnAttention(headDim: number): boolean {
  return headDim % LANES === 0;
}
