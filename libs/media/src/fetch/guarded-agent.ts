import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { MediaError } from '../media-error.js';
import { isAllowedAddress } from './address.js';

/** Resolves a host name to all of its addresses. The system's resolver unless a test brings its own. */
export type ResolveHost = (
  hostname: string,
  done: (error: Error | null, addresses?: readonly LookupAddress[]) => void,
) => void;

const resolveWithSystem: ResolveHost = (hostname, done) => {
  systemLookup(hostname, { all: true }, done);
};

/**
 * An HTTP client that cannot be led to addresses outside the policy. Three checks, because each alone leaks:
 * literal addresses (they skip the look-up), every answer of the look-up (whose result is the one connected to, so
 * that a second, different answer is never asked for), and the address that the socket really reached.
 */
export function createGuardedAgent(
  allowedNetworks: readonly string[],
  resolveHost: ResolveHost = resolveWithSystem,
): Agent {
  const connect = buildConnector({
    lookup: (hostname, options, done) => {
      resolveHost(hostname, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error !== null || first === undefined) {
          done(error ?? new Error(`no address for ${hostname}`), '', 0);
        } else if (addresses?.every(({ address }) => isAllowedAddress(address, allowedNetworks)) !== true) {
          done(blocked(hostname), '', 0);
        } else if (options.all === true) {
          done(null, [...addresses]);
        } else {
          done(null, first.address, first.family);
        }
      });
    },
  });
  return new Agent({
    keepAliveTimeout: 1000,
    connect: (options, done) => {
      const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
      if (isIP(host) !== 0 && !isAllowedAddress(host, allowedNetworks)) {
        done(blocked(host), null);
        return;
      }
      connect(options, (error, socket) => {
        if (error !== null) {
          done(error, null);
          return;
        }
        if (isAllowedAddress(socket.remoteAddress ?? '', allowedNetworks)) {
          done(null, socket);
          return;
        }
        socket.destroy();
        done(blocked(host), null);
      });
    },
  });
}

function blocked(host: string): MediaError {
  return new MediaError(
    'blocked-address',
    `${host} is not a public address; fetching from it is not allowed here.`,
  );
}
