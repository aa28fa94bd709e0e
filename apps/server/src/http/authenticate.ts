import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from '@qwenvl/openai';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './app-env.js';

/** An API key as it is configured: a name for it and the SHA-256 of the key in hex. */
export interface ApiKeyHash {
  readonly name: string;
  readonly sha256: string;
}

/** Lets requests with a known key pass and names their owner; without configured keys everyone passes. */
export function authenticate(keys: readonly ApiKeyHash[]): MiddlewareHandler<AppEnv> {
  const known = keys.map(({ name, sha256 }) => ({ name, hash: Buffer.from(sha256, 'hex') }));
  return async (context, next) => {
    context.set('owner', 'anonymous');
    if (known.length > 0) {
      const owner = ownerOf(known, context.req.header('authorization'));
      if (owner === undefined) throw refusal();
      context.set('owner', owner);
    }
    await next();
  };
}

/** Compares with every key in constant time, so that time tells nothing about any of them. */
function ownerOf(known: readonly { name: string; hash: Buffer }[], header = ''): string | undefined {
  const key = /^Bearer (.+)$/i.exec(header)?.[1];
  if (key === undefined) return undefined;
  const hash = createHash('sha256').update(key).digest();
  let owner: string | undefined;
  for (const entry of known) if (timingSafeEqual(entry.hash, hash)) owner = entry.name;
  return owner;
}

function refusal(): ApiError {
  const message = 'A valid API key is needed: Authorization: Bearer KEY.';
  return new ApiError({ status: 401, code: 'invalid_api_key', message });
}
