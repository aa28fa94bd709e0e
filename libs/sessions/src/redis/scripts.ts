import { createHash } from 'node:crypto';
import { appendScript } from './append-script.js';
import {
  deleteScript,
  expireScript,
  holdScript,
  requestCancelScript,
  setPresenceScript,
} from './control-scripts.js';
import { acquireScript, createScript, releaseScript, renewScript } from './lease-scripts.js';
import { prelude } from './prelude.js';
import { dueScript, getScript, readScript } from './read-scripts.js';

/** A Lua script and the name under which Redis keeps it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

function script(body: string): Script {
  const text = prelude + body;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** All that is done to sessions; each script runs as a whole or not at all. */
export const scripts = {
  create: script(createScript),
  get: script(getScript),
  read: script(readScript),
  append: script(appendScript),
  acquire: script(acquireScript),
  renew: script(renewScript),
  release: script(releaseScript),
  requestCancel: script(requestCancelScript),
  setPresence: script(setPresenceScript),
  hold: script(holdScript),
  due: script(dueScript),
  expire: script(expireScript),
  delete: script(deleteScript),
};
