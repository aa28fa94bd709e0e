import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenText } from './golden-files.js';
import { modelFull, modelSmall } from './golden.js';

const addedTokens: readonly (readonly [id: number, content: string, special: boolean])[] = [
  [1000, '<|image_pad|>', true],
  [1001, '<|video_pad|>', true],
  [1002, '<|vision_start|>', true],
  [1003, '<|vision_end|>', true],
  [1004, '<|im_start|>', true],
  [1005, '<|im_end|>', true],
  [1006, '<|endoftext|>', true],
  [1007, '<think>', false],
  [1008, '</think>', false],
];

/** Written as the byte that it stands for, or moved up by 256, as byte-level BPE does. */
function byteCharacters(): string[] {
  let moved = 256;
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : moved++));
}

/** A byte-level tokenizer of 1000 tokens: all bytes, then pairs of letters. */
function smallTokenizer(): object {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
  const starts = [...letters, byteCharacters()[32] ?? ' ', 'A'];
  const pairs = starts.flatMap((a) => letters.map((b) => [a, b] as const)).slice(0, 1000 - 256);
  const tokens = [...byteCharacters(), ...pairs.map(([a, b]) => a + b)];
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
  return {
    version: '1.0',
    added_tokens: addedTokens.map(([id, content, special]) => ({ id, content, special, single_word: false, lstrip: false, rstrip: false, normalized: false })), // prettier-ignore
    normalizer: { type: 'NFC' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex: ' ?\\p{L}+|\\p{N}|[^\\p{L}\\p{N}]' }, behavior: 'Isolated', invert: false }, byteLevel], // prettier-ignore
    },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: pairs.map(([a, b]) => `${a} ${b}`),
    },
  };
}

const sharedFiles = [
  'config.json',
  'model.safetensors',
  'preprocessor_config.json',
  'video_preprocessor_config.json',
];

/** Copies a reference checkpoint to a new temporary folder and adds what a whole checkpoint has beside its weights. */
async function writeCheckpoint(source: string, tokenizer: string, eosToken: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qwenvl-checkpoint-'));
  for (const name of sharedFiles) {
    await writeFile(join(folder, name), await readFile(join(source, name)));
  }
  await writeFile(join(folder, 'tokenizer.json'), tokenizer);
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify({ eos_token: eosToken }));
  await writeFile(join(folder, 'chat_template.jinja'), goldenText('configs/chat_template.thinking.jinja'));
  return folder;
}

/**
 * Writes the reference's small random checkpoint to a new temporary folder, together with a tokenizer made for its
 * 1024 ids and the Thinking template, so that it can be loaded whole. Its answers mean nothing.
 */
export function writeSmallCheckpoint(): Promise<string> {
  return writeCheckpoint(modelSmall, JSON.stringify(smallTokenizer()), '<|im_end|>');
}

/** The same for the reference's checkpoint with the real vocabulary, which is not part of the repository. */
export function writeFullCheckpoint(): Promise<string> {
  return writeCheckpoint(modelFull, goldenText('tokenizer/tokenizer.json.gz'), '<|im_end|>');
}
