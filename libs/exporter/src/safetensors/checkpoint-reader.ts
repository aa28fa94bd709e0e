import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ExporterError } from '../errors.js';
import { FLOAT_BYTES, isFloatType, type FloatType } from './float-decoder.js';
import { LENGTH_BYTES, parseHeader, parseHeaderLength, type TensorLocation } from './header.js';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

const indexSchema = z.object({
  weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+\.safetensors$/)),
});

/** A weight of the checkpoint that can be read. */
export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: FloatType;
  readonly shape: readonly number[];
  /** Shard that holds it. */
  readonly file: string;
  /** Bytes from the start of the shard. */
  readonly offset: number;
  readonly bytes: number;
}

interface Shard {
  readonly handle: FileHandle;
  readonly tensors: ReadonlyMap<string, TensorLocation>;
}

/**
 * Reads weights from a checkpoint's safetensors files, one or many, without ever holding a whole file. Headers are
 * checked when it opens, so that a truncated shard is found before any work is done.
 */
export class CheckpointReader {
  /** Names of the files in use: the index, if there is one, and the shards. */
  readonly files: readonly string[];
  readonly #shards: ReadonlyMap<string, Shard>;
  readonly #shardOf: ReadonlyMap<string, string>;

  private constructor(
    files: readonly string[],
    shards: ReadonlyMap<string, Shard>,
    shardOf: ReadonlyMap<string, string>,
  ) {
    this.files = files;
    this.#shards = shards;
    this.#shardOf = shardOf;
  }

  /**
   * Opens the checkpoint in `folder`.
   *
   * @throws ExporterError `missing-file` or `corrupt-file`
   */
  static async open(folder: string): Promise<CheckpointReader> {
    const shards = new Map<string, Shard>();
    try {
      const index = await readIndex(folder);
      for (const file of index.files) shards.set(file, await openShard(folder, file));
      if (!index.weightMap) return new CheckpointReader(index.files, shards, singleFileMap(shards));
      return new CheckpointReader([INDEX_FILE, ...index.files], shards, index.weightMap);
    } catch (error) {
      await closeAll(shards);
      throw error;
    }
  }

  /**
   * Finds a weight and checks that it has the expected shape.
   *
   * @throws ExporterError `missing-tensor`, `corrupt-file` or `unsupported-checkpoint`
   */
  tensor(name: string, shape: readonly number[]): CheckpointTensor {
    const file = this.#shardOf.get(name);
    const found = file === undefined ? undefined : this.#shards.get(file)?.tensors.get(name);
    if (file === undefined || !found) {
      throw new ExporterError(
        'missing-tensor',
        `The checkpoint has no ${name}, which its config.json calls for`,
      );
    }
    const { dtype } = found;
    if (!isFloatType(dtype)) {
      throw new ExporterError(
        'unsupported-checkpoint',
        `${name} is stored as ${dtype}; only BF16, F16 and F32 weights are supported`,
      );
    }
    if (found.shape.length !== shape.length || found.shape.some((axis, index) => axis !== shape[index])) {
      throw new ExporterError(
        'corrupt-file',
        `${name} in ${file} has the shape [${found.shape.join(', ')}], but config.json calls for [${shape.join(', ')}]`,
      );
    }
    return { ...found, dtype, name, file };
  }

  /** Reads `buffer.byteLength / elementBytes` elements of a tensor, from its element `start` on. */
  async read(tensor: CheckpointTensor, start: number, buffer: Uint8Array): Promise<void> {
    const shard = this.#shards.get(tensor.file);
    const position = tensor.offset + start * FLOAT_BYTES[tensor.dtype];
    if (!shard || position + buffer.byteLength > tensor.offset + tensor.bytes) {
      throw new RangeError(`Read beyond ${tensor.name}`);
    }
    await readFully(shard.handle, buffer, position, tensor.file);
  }

  /** Closes the files. */
  async close(): Promise<void> {
    await closeAll(this.#shards);
  }
}

async function readIndex(
  folder: string,
): Promise<{ files: readonly string[]; weightMap?: ReadonlyMap<string, string> }> {
  let text: string;
  try {
    text = await readFile(join(folder, INDEX_FILE), 'utf8');
  } catch (error) {
    if (isMissing(error)) return { files: [SINGLE_FILE] };
    throw error;
  }
  let index: z.infer<typeof indexSchema>;
  try {
    index = indexSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ExporterError('corrupt-file', `${INDEX_FILE} is damaged. Delete it and download it again`, {
      cause,
    });
  }
  const weightMap = new Map(Object.entries(index.weight_map));
  return { files: [...new Set(weightMap.values())].sort(), weightMap };
}

async function openShard(folder: string, file: string): Promise<Shard> {
  let handle: FileHandle;
  try {
    handle = await open(join(folder, file), 'r');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new ExporterError('missing-file', `${file} is missing from ${folder}. Download it again`, {
      cause,
    });
  }
  try {
    const { size } = await handle.stat();
    const prefix = new Uint8Array(Math.min(LENGTH_BYTES, size));
    await readFully(handle, prefix, 0, file);
    const header = new Uint8Array(parseHeaderLength(prefix, size, file));
    await readFully(handle, header, LENGTH_BYTES, file);
    return { handle, tensors: parseHeader(header, size, file) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function singleFileMap(shards: ReadonlyMap<string, Shard>): ReadonlyMap<string, string> {
  return new Map(
    [...shards].flatMap(([file, { tensors }]) => [...tensors.keys()].map((name) => [name, file])),
  );
}

async function readFully(
  handle: FileHandle,
  buffer: Uint8Array,
  position: number,
  file: string,
): Promise<void> {
  let done = 0;
  while (done < buffer.byteLength) {
    const { bytesRead } = await handle.read(buffer, done, buffer.byteLength - done, position + done);
    if (bytesRead === 0) throw new ExporterError('corrupt-file', `${file} became shorter while it was read`);
    done += bytesRead;
  }
}

async function closeAll(shards: ReadonlyMap<string, Shard>): Promise<void> {
  await Promise.all([...shards.values()].map(({ handle }) => handle.close()));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
