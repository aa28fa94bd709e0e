import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { BlockMaxima } from '../../sampling/top-tokens.js';
import type { TensorArray, TensorData } from '../graph-session.js';
import {
  apiTable,
  apiVersion,
  elementTypes,
  logErrors,
  onnxruntimeVersion,
  optimiseAll,
  plainMemory,
} from './api-table.js';
import { loadOperators, operatorsPath, type Operators } from './operators.js';

const require = createRequire(import.meta.url);

/** Not a static import: it may be missing. */
const koffiName = 'koffi';

/** What is used of koffi, which is an optional dependency. */
interface Koffi {
  load(path: string): { func(name: string, result: string, parameters: readonly string[]): Call };
  proto(result: string, parameters: readonly string[]): object;
  call(address: unknown, type: object, ...values: Arguments): unknown;
  decode(address: unknown, type: object): Call;
  decode(address: unknown, type: string, count: number): Iterable<number | bigint>;
  address(memory: Uint8Array): Pointer;
}

/** Address of a native object. Zero stands for none. */
export type Pointer = bigint;

/** What may be given for a C pointer: an address, memory of JavaScript for the length of the call, or none. */
type PointerArgument = Pointer | TensorArray | BigUint64Array | null;

type Arguments = readonly (PointerArgument | number | string)[];

type Call = ((...values: Arguments) => unknown) & {
  /** Calls in another thread; the last argument is called back. */
  async(...values: [...Arguments, (error: Error | null, result: unknown) => void]): void;
};

/**
 * The C interface of the libonnxruntime that onnxruntime-node ships. Every status is checked; objects are plain
 * addresses, and whoever makes one releases it.
 */
export class OrtLibrary {
  /** Held because koffi unloads a library that is no longer referred to, functions in use or not. */
  readonly #library: ReturnType<Koffi['load']>;
  readonly #functions: Readonly<Record<keyof typeof apiTable, Call>>;
  readonly #environment: Pointer;
  readonly #memory: Pointer;
  readonly #names = new Map<string, { readonly bytes: Buffer; readonly address: Pointer }>();
  readonly #koffi: Koffi;
  readonly #operators: Operators | undefined;
  /** True when a graph of this process was read with the operators. */
  static #isDomainKnown = false;
  /** Set while the first one is read. */
  static #firstRead: Promise<void> | undefined;

  private constructor(koffi: Koffi, path: string) {
    this.#koffi = koffi;
    this.#operators = loadOperators(koffi);
    const library = koffi.load(path);
    this.#library = library;
    const base: unknown = library.func('OrtGetApiBase', 'void *', [])();
    const [getApi, getVersionString] = pointers(koffi, base, 2);
    const version: unknown = koffi.call(getVersionString, koffi.proto('const char *', []));
    if (version !== onnxruntimeVersion) {
      throw new Error(`${path} is onnxruntime ${String(version)}, not ${onnxruntimeVersion}`);
    }
    const api: unknown = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), apiVersion);
    const table = pointers(koffi, api, Math.max(...Object.values(apiTable)) + 1);
    const bind = (name: keyof typeof apiTable, result: string, parameters: string[]): Call =>
      koffi.decode(table[apiTable[name]], koffi.proto(result, parameters));
    this.#functions = {
      GetErrorCode: bind('GetErrorCode', 'int', ['void *']),
      GetErrorMessage: bind('GetErrorMessage', 'const char *', ['void *']),
      ReleaseStatus: bind('ReleaseStatus', 'void', ['void *']),
      CreateEnv: bind('CreateEnv', 'void *', ['int', 'const char *', 'void *']),
      CreateCpuMemoryInfo: bind('CreateCpuMemoryInfo', 'void *', ['int', 'int', 'void *']),
      CreateSessionOptions: bind('CreateSessionOptions', 'void *', ['void *']),
      SetSessionGraphOptimizationLevel: bind('SetSessionGraphOptimizationLevel', 'void *', ['void *', 'int']),
      SetIntraOpNumThreads: bind('SetIntraOpNumThreads', 'void *', ['void *', 'int']),
      SetInterOpNumThreads: bind('SetInterOpNumThreads', 'void *', ['void *', 'int']),
      ReleaseSessionOptions: bind('ReleaseSessionOptions', 'void', ['void *']),
      RegisterCustomOpsLibrary_V2: bind('RegisterCustomOpsLibrary_V2', 'void *', ['void *', 'const char *']),
      CreateSession: bind('CreateSession', 'void *', ['void *', 'const char *', 'void *', 'void *']),
      ReleaseSession: bind('ReleaseSession', 'void', ['void *']),
      CreateTensorWithDataAsOrtValue: bind('CreateTensorWithDataAsOrtValue', 'void *', [
        'void *',
        'void *',
        'size_t',
        'void *',
        'size_t',
        'int',
        'void *',
      ]),
      ReleaseValue: bind('ReleaseValue', 'void', ['void *']),
      Run: bind('Run', 'void *', [
        'void *',
        'void *',
        'void *',
        'void *',
        'size_t',
        'void *',
        'size_t',
        'void *',
      ]),
    };
    this.#environment = this.#create('CreateEnv', logErrors, 'qwenvl');
    this.#memory = this.#create('CreateCpuMemoryInfo', plainMemory.allocator, plainMemory.memory);
  }

  /** @throws Error when koffi or the library is not there, or is of another release */
  static open(): OrtLibrary {
    const path = libraryPath();
    return new OrtLibrary(require(koffiName) as Koffi, path);
  }

  /** Whether graphs may use the engine's own operators. */
  get hasOperators(): boolean {
    return this.#operators !== undefined;
  }

  /** Where there are operators. */
  get blockMaxima(): BlockMaxima | undefined {
    return this.#operators?.blockMaxima;
  }

  /**
   * Reads a graph in another thread. Free it with {@link releaseSession}. The first graph that is read with the operators
   * makes their domain known to onnxruntime, in a table of the process that it does not guard: it is read alone.
   */
  async createSession(path: string, threads: number): Promise<Pointer> {
    while (OrtLibrary.#firstRead !== undefined) await OrtLibrary.#firstRead;
    const reading = this.#read(path, threads);
    if (this.hasOperators && !OrtLibrary.#isDomainKnown)
      OrtLibrary.#firstRead = OrtLibrary.#learnDomain(reading);
    return reading;
  }

  /** Never fails: whoever asked for the graph is told. */
  static async #learnDomain(reading: Promise<Pointer>): Promise<void> {
    await reading.then(
      () => {
        OrtLibrary.#isDomainKnown = true;
      },
      () => undefined,
    );
    OrtLibrary.#firstRead = undefined;
  }

  async #read(path: string, threads: number): Promise<Pointer> {
    const options = this.#create('CreateSessionOptions');
    try {
      this.#check('SetSessionGraphOptimizationLevel', options, optimiseAll);
      this.#check('SetIntraOpNumThreads', options, threads);
      this.#check('SetInterOpNumThreads', options, 1);
      if (this.hasOperators) this.#check('RegisterCustomOpsLibrary_V2', options, operatorsPath);
      // In memory of its own: that of small arrays may move while the other thread writes.
      const made = new BigUint64Array(new ArrayBuffer(BigUint64Array.BYTES_PER_ELEMENT));
      const status = await new Promise<unknown>((resolve, reject) => {
        const done = (error: Error | null, result: unknown): void => {
          if (error) reject(error);
          else resolve(result);
        };
        this.#functions.CreateSession.async(this.#environment, path, options, made, done);
      });
      this.#checkStatus('CreateSession', status);
      return made[0] ?? 0n;
    } finally {
      this.#functions.ReleaseSessionOptions(options);
    }
  }

  releaseSession(session: Pointer): void {
    this.#functions.ReleaseSession(session);
  }

  /** A tensor over memory of JavaScript, which has to outlive it. Free it with {@link releaseValue}. */
  createValue({ data, dims }: TensorData): Pointer {
    const shape = BigInt64Array.from(dims, BigInt);
    return this.#create(
      'CreateTensorWithDataAsOrtValue',
      this.#memory,
      data,
      data.byteLength,
      shape,
      dims.length,
      elementType(data),
    );
  }

  releaseValue(value: Pointer): void {
    this.#functions.ReleaseValue(value);
  }

  /** Runs a graph over existing tensors; returns when it is done. */
  run(session: Pointer, inputs: ReadonlyMap<string, Pointer>, outputs: ReadonlyMap<string, Pointer>): void {
    const inputNames = this.#addresses([...inputs.keys()]);
    const outputNames = this.#addresses([...outputs.keys()]);
    const inputValues = BigUint64Array.from(inputs.values());
    const outputValues = BigUint64Array.from(outputs.values());
    const { size } = inputs;
    this.#check('Run', session, null, inputNames, inputValues, size, outputNames, outputs.size, outputValues);
  }

  /** Addresses of C strings, which are kept for good: there are as many as names in the graphs. */
  #addresses(names: readonly string[]): BigUint64Array {
    return BigUint64Array.from(names, (name) => {
      const known = this.#names.get(name);
      if (known) return known.address;
      const bytes = Buffer.from(`${name}\0`);
      const address = this.#koffi.address(bytes);
      this.#names.set(name, { bytes, address });
      return address;
    });
  }

  /** Calls a function whose last parameter receives the address of what it makes. */
  #create(name: keyof typeof apiTable, ...values: Arguments): Pointer {
    const made = new BigUint64Array(1);
    this.#check(name, ...values, made);
    return made[0] ?? 0n;
  }

  /** Calls a function that returns a status. */
  #check(name: keyof typeof apiTable, ...values: Arguments): void {
    this.#checkStatus(name, this.#functions[name](...values));
  }

  #checkStatus(name: keyof typeof apiTable, status: unknown): void {
    if (status === null || status === 0n) return;
    if (typeof status !== 'bigint') throw new TypeError(`${name} gave no status`);
    const code = this.#functions.GetErrorCode(status);
    const message = this.#functions.GetErrorMessage(status);
    this.#functions.ReleaseStatus(status);
    throw new Error(`onnxruntime ${name} failed with code ${String(code)}: ${String(message)}`);
  }
}

function pointers(koffi: Koffi, address: unknown, count: number): Pointer[] {
  return Array.from(koffi.decode(address, 'uint64_t', count), BigInt);
}

function elementType(data: TensorArray): number {
  if (data instanceof Float32Array) return elementTypes.f32;
  if (data instanceof Int8Array) return elementTypes.i8;
  return data instanceof Int32Array ? elementTypes.i32 : elementTypes.i64;
}

/** Where onnxruntime-node keeps the library. Linux only: elsewhere this has never been tried. */
function libraryPath(): string {
  if (process.platform !== 'linux') throw new Error(`the native runtime is not made for ${process.platform}`);
  const root = dirname(require.resolve('onnxruntime-node/package.json'));
  return join(root, 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime.so.1');
}
