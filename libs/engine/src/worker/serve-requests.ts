import { EngineError } from '../errors.js';
import { throttleProgress } from '../loading/load-progress.js';
import type { LoadRequest } from '../loading/load-request.js';
import { LoadedModel } from './loaded-model.js';
import type { GenerateEvent } from '../types.js';
import type { WorkerMessage, WorkerRequest } from './protocol.js';
import { toWire } from './wire-error.js';

type Generation = Extract<WorkerRequest, { readonly type: 'generate' }>;

/** Where requests come from and answers go to. */
export interface RequestPort {
  on(event: 'message', listener: (request: WorkerRequest) => void): unknown;
  postMessage(message: WorkerMessage): void;
  /** Nothing comes or goes after this. */
  close(): void;
}

/** Loads a checkpoint and answers requests. It knows nothing of what the messages mean to the caller. */
export function serveRequests(port: RequestPort): void {
  let model: LoadedModel | undefined;
  let closing = false;
  const post = (message: WorkerMessage): void => {
    port.postMessage(message);
  };

  const load = async (request: LoadRequest): Promise<void> => {
    try {
      const report = throttleProgress((progress) => {
        post({ type: 'progress', progress });
      });
      const loaded = await LoadedModel.load(request, (progress) => {
        if (closing) throw new EngineError('cancelled', 'Loading was given up.');
        report(progress);
      });
      if (closing) {
        await loaded.close();
        return;
      }
      model = loaded;
      post({ type: 'loaded', info: model.info });
    } catch (error) {
      post({ type: 'load-failed', error: toWire(error) });
    }
  };

  type Answer = number | string | readonly number[];
  const answer = async (id: number, value: () => Answer | Promise<Answer>): Promise<void> => {
    try {
      post({ type: 'result', id, value: await value() });
    } catch (error) {
      post({ type: 'failed', id, error: toWire(error) });
    }
  };

  const generate = (loaded: LoadedModel, { id, task, cancelled }: Generation): void => {
    const failed = (error: unknown): void => {
      post({ type: 'failed', id, error: toWire(error) });
    };
    const event = (event: GenerateEvent): void => {
      post({ type: 'event', id, event });
    };
    try {
      loaded.generate(id, task, { event, failed });
      if (cancelled) loaded.cancel(id);
    } catch (error) {
      failed(error);
    }
  };

  const close = async (): Promise<void> => {
    closing = true;
    await model?.close();
    port.close();
  };

  port.on('message', (request: WorkerRequest) => {
    if (request.type === 'load') return void load(request.request);
    if (request.type === 'close') return void close();
    if (!model) throw new Error(`${request.type} came before the model was loaded`);
    const loaded = model;
    switch (request.type) {
      case 'generate':
        generate(loaded, request);
        return;
      case 'cancel':
        loaded.cancel(request.id);
        return;
      case 'count':
        void answer(request.id, () => loaded.countTokens(request.task));
        return;
      case 'tokenize':
        void answer(request.id, () => loaded.tokenize(request.text));
        return;
      case 'detokenize':
        void answer(request.id, () => loaded.detokenize(request.ids));
        return;
      case 'prepare':
        void answer(request.id, () => {
          loaded.prepareConstraint(request.constraint);
          return 0;
        });
        return;
      default:
        request satisfies never;
    }
  });
}
