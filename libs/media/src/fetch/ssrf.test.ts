import type { LookupAddress } from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { MediaError } from '../media-error.js';
import { MediaLoader } from '../media-loader.js';
import type { ResolveHost } from './guarded-agent.js';

const PNG = readFileSync(new URL('../../fixtures/images/png-rgb.png', import.meta.url));
/** An address of this machine that the policy allows, in the place of a public one. */
const PUBLIC = '127.0.0.2';
const PUBLIC_NETWORK = `${PUBLIC}/32`;

let victim: Server;
let victimPort = 0;
let victimConnections = 0;
let open: Server;
let openPort = 0;
let openRequests = 0;

/** The victim listens on every address of this machine; the open server only on the allowed one. */
beforeAll(async () => {
  victim = createServer((_, response) => response.end(PNG)).on('connection', () => (victimConnections += 1));
  victimPort = await listen(victim, '::');
  open = createServer((request, response) => {
    openRequests += 1;
    const to = new URL(request.url ?? '', 'http://open').searchParams.get('to');
    if (to === null) response.end(PNG);
    else response.writeHead(302, { location: to.replaceAll(/[^ -~]/g, encodeURIComponent) }).end();
  });
  openPort = await listen(open, PUBLIC);
});
afterAll(() => {
  victim.close();
  open.close();
});
beforeEach(() => {
  victimConnections = 0;
  openRequests = 0;
});

/** Every way found to write an address of this machine or of a network that is not public. */
const FORBIDDEN_HOSTS = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '017700000001',
    '0177.0.0.1',
    '127.0.0.1.',
  ],
  ...['0', '0.0.0.0', '127.255.255.254', '127.0.0.3', '%31%32%37.0.0.1', '１２７.0.0.1', '127。0。0。1'],
  ...[
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
  ],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[::ffff:0:127.0.0.1]',
  ],
  ...[
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '198.18.0.1',
  ],
  ...[
    '169.254.169.254',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '168.63.129.16',
    '192.0.0.192',
    '100.100.100.200',
  ],
  ...[
    '[fe80::1]',
    '[fc00::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
  ],
  ...['localhost', 'LOCALHOST'],
];

describe('addresses that are not public', () => {
  const loader = new MediaLoader();
  afterAll(() => loader.close());

  it('counts more than forty ways of writing them', () => {
    expect(new Set(FORBIDDEN_HOSTS).size).toBeGreaterThanOrEqual(50);
  });

  it.each(FORBIDDEN_HOSTS)('http://%s is refused without a connection', async (host) => {
    expect(await codeOf(loader.loadImage(`http://${host}:${victimPort}/`))).toBe('blocked-address');
    expect(victimConnections).toBe(0);
  });
});

it('localhost as a full name is refused or not resolved', async () => {
  const loader = new MediaLoader();
  const code = await codeOf(loader.loadImage(`http://localhost.:${victimPort}/`));
  expect(['blocked-address', 'download-failed']).toContain(code);
  expect(victimConnections).toBe(0);
  await loader.close();
});

describe('redirects', () => {
  const loader = new MediaLoader({ allowedNetworks: [PUBLIC_NETWORK], maxRedirects: 2 });
  afterAll(() => loader.close());

  it('from an allowed place to an allowed place are followed', async () => {
    const to = `http://${PUBLIC}:${openPort}/`;
    await expect(loader.loadImage(`${to}?to=${encodeURIComponent(to)}`)).resolves.toMatchObject({
      width: 61,
    });
    expect(openRequests).toBe(2);
  });

  it.each(FORBIDDEN_HOSTS)('to http://%s are not', async (host) => {
    const to = encodeURIComponent(`http://${host}:${victimPort}/`);
    expect(await codeOf(loader.loadImage(`http://${PUBLIC}:${openPort}/?to=${to}`))).toBe('blocked-address');
    expect(openRequests).toBe(1);
    expect(victimConnections).toBe(0);
  });

  it.each(['file:///etc/hostname', 'ftp://127.0.0.1/', 'data:image/png;base64,AAAA', 'gopher://127.0.0.1/'])(
    'to %s are refused by their scheme',
    async (to) => {
      const url = `http://${PUBLIC}:${openPort}/?to=${encodeURIComponent(to)}`;
      expect(await codeOf(loader.loadImage(url))).toBe('blocked-scheme');
    },
  );

  it('end after as many as allowed', async () => {
    const again = (depth: number): string => {
      const next = depth === 0 ? '' : `?to=${encodeURIComponent(again(depth - 1))}`;
      return `http://${PUBLIC}:${openPort}/${next}`;
    };
    await expect(loader.loadImage(again(2))).resolves.toMatchObject({ width: 61 });
    expect(await codeOf(loader.loadImage(again(3)))).toBe('download-failed');
  });
});

describe('host names', () => {
  const answering = (
    answers: readonly (readonly string[])[],
  ): { resolveHost: ResolveHost; asked: () => number } => {
    let count = 0;
    const resolveHost: ResolveHost = (_, done) => {
      const answer = answers[Math.min(count, answers.length - 1)] ?? [];
      count += 1;
      done(
        null,
        answer.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    return { resolveHost, asked: () => count };
  };
  const load = async (
    answers: readonly (readonly string[])[],
    port: number,
  ): Promise<{ code: string; asked: number }> => {
    const { resolveHost, asked } = answering(answers);
    const loader = new MediaLoader({ allowedNetworks: [PUBLIC_NETWORK] }, { resolveHost });
    const code = await codeOf(loader.loadImage(`http://rebind.example:${port}/`));
    await loader.close();
    return { code, asked: asked() };
  };

  it('that resolve to an allowed address are fetched', async () => {
    expect(await load([[PUBLIC]], openPort)).toEqual({ code: 'none', asked: 1 });
  });

  it.each([
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['10.0.0.1'],
    ['169.254.169.254'],
    ['fd00:ec2::254'],
  ])('that resolve to %s are refused', async (address) => {
    expect((await load([[address]], victimPort)).code).toBe('blocked-address');
    expect(victimConnections).toBe(0);
  });

  it('that resolve to an allowed and a forbidden address are refused', async () => {
    expect((await load([[PUBLIC, '127.0.0.1']], victimPort)).code).toBe('blocked-address');
    expect((await load([['127.0.0.1', PUBLIC]], victimPort)).code).toBe('blocked-address');
    expect(victimConnections).toBe(0);
  });

  it('that answer differently each time reach no other address than the one checked', async () => {
    const { code, asked } = await load([[PUBLIC], ['127.0.0.1']], openPort);
    expect(code).toBe('none');
    expect(asked).toBe(1);
    expect((await load([['127.0.0.1'], [PUBLIC]], victimPort)).code).toBe('blocked-address');
    expect(victimConnections).toBe(0);
  });

  it('that alternate between two requests of one loader are checked each time', async () => {
    const { resolveHost } = answering([[PUBLIC], ['127.0.0.1']]);
    const loader = new MediaLoader({ allowedNetworks: [PUBLIC_NETWORK] }, { resolveHost });
    const url = `http://rebind.example:${openPort}/`;
    expect(await codeOf(loader.loadImage(url))).toBe('none');
    expect(await codeOf(loader.loadImage(`http://rebind.example:${victimPort}/`))).toBe('blocked-address');
    expect(victimConnections).toBe(0);
    await loader.close();
  });
});

describe('schemes and hosts', () => {
  it.each([
    'ftp://example.org/a.png',
    'gopher://example.org/',
    'javascript:alert(1)',
    'blob:https://example.org/1',
  ])('%s is refused by its scheme', async (url) => {
    const loader = new MediaLoader();
    expect(await codeOf(loader.loadImage(url))).toBe('blocked-scheme');
    await loader.close();
  });

  it('follow the lists of the policy', async () => {
    const loader = new MediaLoader({
      schemes: ['https'],
      allowedHosts: ['images.example', '*.cdn.example'],
      deniedHosts: ['bad.cdn.example'],
    });
    expect(await codeOf(loader.loadImage('http://images.example/a.png'))).toBe('blocked-scheme');
    expect(await codeOf(loader.loadImage('data:image/png;base64,AAAA'))).toBe('blocked-scheme');
    for (const host of [
      'other.example',
      'images.example.evil.example',
      'cdn.example',
      'bad.cdn.example',
      'BAD.cdn.example.',
    ]) {
      expect(await codeOf(loader.loadImage(`https://${host}/a.png`)), host).toBe('blocked-host');
    }
    await loader.close();
  });

  it('refuse credentials in a URL', async () => {
    const loader = new MediaLoader();
    expect(await codeOf(loader.loadImage('http://user:secret@images.example/'))).toBe('invalid-source');
    await loader.close();
  });
});

async function codeOf(loading: Promise<unknown>): Promise<string> {
  try {
    await loading;
    return 'none';
  } catch (error) {
    if (MediaError.isInstance(error)) return error.code;
    throw error;
  }
}

async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}
