import { createHash, randomBytes } from 'node:crypto';

/** Bytes of randomness in a key. */
const KEY_BYTES = 32;

const [name = 'default'] = process.argv.slice(2);
if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
  process.stderr.write("The name may have 1-64 letters, digits, '_' or '-'.\n");
  process.exitCode = 1;
} else {
  const key = `sk-${randomBytes(KEY_BYTES).toString('base64url')}`;
  const hash = createHash('sha256').update(key).digest('hex');
  process.stdout.write(`Key for the client, shown this once:  ${key}\n`);
  process.stdout.write(`Entry for API_KEY_HASHES:             ${name}:${hash}\n`);
}
