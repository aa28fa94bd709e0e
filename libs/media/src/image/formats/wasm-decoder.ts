import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A jSquash decoder: `init` takes a compiled module, `decode` gives RGBA. Both are typed for browsers by its package. */
export interface WasmDecoder {
  readonly init: (module: WebAssembly.Module) => Promise<unknown>;
  readonly decode: (bytes: ArrayBuffer) => Promise<WasmPixels | null>;
}

/** What a jSquash decoder returns, browser's `ImageData`. */
interface WasmPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** The decoders create their result through this browser class, which Node lacks. */
class NodeImageData implements WasmPixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

/** Decodes with a jSquash codec; one instance serves until it fails, the next call then gets a new one. */
export class WasmImageDecoder {
  readonly #decoder: WasmDecoder;
  readonly #wasmFile: string;
  #module: WebAssembly.Module | undefined;
  #ready = false;

  /** @param wasmFile the compiled codec as a module path, `@jsquash/webp/codec/dec/webp_dec.wasm`. */
  constructor(decoder: WasmDecoder, wasmFile: string) {
    this.#decoder = decoder;
    this.#wasmFile = wasmFile;
  }

  /** Decodes to RGBA. Rejects with whatever the codec throws on a damaged file. */
  async decode(bytes: Uint8Array): Promise<WasmPixels> {
    if (!this.#ready) {
      Object.assign(globalThis, { ImageData: NodeImageData });
      this.#module ??= await WebAssembly.compile(await readFile(require.resolve(this.#wasmFile)));
      await this.#decoder.init(this.#module);
      this.#ready = true;
    }
    try {
      const pixels = await this.#decoder.decode(new Uint8Array(bytes).buffer);
      if (pixels === null) throw new Error('the codec gave no image');
      return pixels;
    } catch (error) {
      this.#ready = false; // a codec that threw may have left its memory in any state
      throw error;
    }
  }
}
