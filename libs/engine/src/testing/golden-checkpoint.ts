import { parseCheckpoint, type Checkpoint } from '../checkpoint/parse-checkpoint.js';
import { goldenText } from './golden-files.js';

/** The small files of Qwen3-VL-2B, with the template of one of its two variants. */
export function goldenFiles(variant: 'thinking' | 'instruct'): Map<string, string> {
  const config = (name: string): [string, string] => [name, goldenText(`configs/${name}`)];
  return new Map([
    config('config.json'),
    config('tokenizer_config.json'),
    config('preprocessor_config.json'),
    config('video_preprocessor_config.json'),
    ['tokenizer.json', goldenText('tokenizer/tokenizer.json.gz')],
    ['chat_template.jinja', goldenText(`configs/chat_template.${variant}.jinja`)],
    ['generation_config.json', goldenText(`configs/generation_config.${variant}.json`)],
  ]);
}

const parsed = new Map<string, Checkpoint>();

/** Qwen3-VL-2B without weights; read once in each test file. */
export function goldenCheckpoint(variant: 'thinking' | 'instruct'): Checkpoint {
  const known = parsed.get(variant);
  if (known) return known;
  const checkpoint = parseCheckpoint(goldenFiles(variant));
  parsed.set(variant, checkpoint);
  return checkpoint;
}
