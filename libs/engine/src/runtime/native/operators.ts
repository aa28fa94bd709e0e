import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Library with the engine's own operators, for the kinds of machines that it is built for (`native/README.md`). */
export const operatorsPath = fileURLToPath(
  new URL(`../../../native/${process.platform}-${process.arch}/operators.so`, import.meta.url),
);

/** What is needed of koffi. */
interface Loader {
  load(path: string): { func(name: string, result: string, parameters: readonly string[]): () => unknown };
}

/**
 * The library, which is loaded for as long as the result is referred to; undefined where there is none for this machine
 * or its processor lacks what the kernels take (AVX-512 with VNNI).
 */
export function loadOperators(koffi: Loader): object | undefined {
  if (!existsSync(operatorsPath)) return undefined;
  const library = koffi.load(operatorsPath);
  return library.func('qwenvl_supported', 'int', [])() === 1 ? library : undefined;
}
