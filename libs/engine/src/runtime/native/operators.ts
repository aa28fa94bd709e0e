import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { maximaBlock, type BlockMaxima } from '../../sampling/top-tokens.js';

/** Library with the engine's own operators, for the kinds of machines that it is built for (`native/README.md`). */
export const operatorsPath = fileURLToPath(
  new URL(`../../../native/${process.platform}-${process.arch}/operators.so`, import.meta.url),
);

/** What is needed of koffi. */
interface Loader {
  load(path: string): {
    func(
      name: string,
      result: string,
      parameters: readonly string[],
    ): (...values: readonly (Float32Array | number)[]) => unknown;
  };
}

/** The library, which stays loaded for as long as this is referred to. */
export interface Operators {
  readonly library: object;
  readonly blockMaxima: BlockMaxima;
}

/** Undefined where there is no library for this machine or its processor lacks what the kernels take (AVX-512 with VNNI). */
export function loadOperators(koffi: Loader): Operators | undefined {
  if (!existsSync(operatorsPath)) return undefined;
  const library = koffi.load(operatorsPath);
  if (library.func('qwenvl_supported', 'int', [])() !== 1) return undefined;
  const fill = library.func('qwenvl_block_maxima', 'void', ['void *', 'size_t', 'void *']);
  let maxima = new Float32Array(0);
  return {
    library,
    blockMaxima: (values) => {
      const blocks = Math.floor(values.length / maximaBlock);
      if (maxima.length < blocks) maxima = new Float32Array(blocks);
      fill(values, values.length, maxima);
      return maxima.subarray(0, blocks);
    },
  };
}
