import { InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import { EngineError } from '../errors.js';
import type { Device } from './device.js';
import type { GraphBackend, GraphSession, TensorData, Tensors } from './graph-session.js';

/**
 * The binding of onnxruntime-node. It lets a graph write into given arrays, but then copies each output once more for
 * the result that it returns.
 *
 * @throws EngineError `invalid-request` when onnxruntime-node has no such device here
 */
export function stockBackend(device: Device = 'cpu'): GraphBackend {
  const there = listSupportedBackends().map(({ name }) => name);
  if (!there.includes(device)) {
    throw new EngineError(
      'invalid-request',
      `onnxruntime-node has no device ${device} on this machine, only ${there.join(', ')}.`,
    );
  }
  return {
    name: 'stock',
    copiesOutputs: true,
    hasOperators: false,
    open: async (path, threads) =>
      new StockSession(
        await InferenceSession.create(path, {
          executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          executionMode: 'sequential',
          graphOptimizationLevel: 'all',
          // Errors alone, as the native backend: it warns of each weight of a prompt's graph that it does not copy.
          logSeverityLevel: 3,
        }),
      ),
  };
}

class StockSession implements GraphSession {
  readonly #session: InferenceSession;

  constructor(session: InferenceSession) {
    this.#session = session;
  }

  async run(inputs: Tensors, outputs: Tensors): Promise<void> {
    const made = new Map<TensorData, Tensor>();
    const tensors = (all: Tensors): Record<string, Tensor> =>
      Object.fromEntries(
        Object.entries(all).map(([name, tensor]) => {
          const own = made.get(tensor) ?? toTensor(tensor);
          made.set(tensor, own);
          return [name, own];
        }),
      );
    await this.#session.run(tensors(inputs), tensors(outputs));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function toTensor({ data, dims }: TensorData): Tensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, dims);
  if (data instanceof Int8Array) return new Tensor('int8', data, dims);
  if (data instanceof Int32Array) return new Tensor('int32', data, dims);
  return new Tensor('int64', data, dims);
}
