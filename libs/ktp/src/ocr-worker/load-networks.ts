import { once } from 'node:events';

import type { Networks } from '../ocr/networks.js';
import { startWorker } from './start-worker.js';

/**
 * The simplified networks, made in a thread that ends: rewriting them leaves five times their size as garbage, which
 * a thread that lives on would keep for long.
 *
 * @throws when the networks cannot be read
 */
export async function loadNetworks(): Promise<Networks> {
  const worker = startWorker('networks-worker');
  const [networks] = (await once(worker, 'message')) as [Networks];
  await worker.terminate();
  return networks;
}
