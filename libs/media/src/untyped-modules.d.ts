// The parts that are used of packages which bring no types, or types for browsers only.

declare module 'omggif' {
  export class GifReader {
    constructor(bytes: Uint8Array);
    readonly width: number;
    readonly height: number;
    frameInfo(frame: number): {
      readonly palette_offset: number | null;
      readonly transparent_index: number | null;
      /** Offset of the frame's code size and data blocks. */
      readonly data_offset: number;
    };
    decodeAndBlitFrameRGBA(frame: number, pixels: Uint8Array): void;
  }
}

/** The browser's class, as far as the jSquash decoders' declarations name it. */
interface ImageData {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Node has it, but its types leave it to the browser's. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: object): Promise<Instance>;
}

declare module '@ffmpeg/core' {
  const createCore: (options: object) => Promise<unknown>;
  export default createCore;
}
