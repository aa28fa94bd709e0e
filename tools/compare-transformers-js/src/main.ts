import { parseCheckpoint } from '@qwenvl/engine/preprocessing';
import { goldenText } from './golden.js';
import { judge } from './judge.js';
import { readReference } from './reference.js';
import { thisEngine } from './this-engine.js';
import { transformersJs } from './transformers-js.js';

const template = await goldenText('configs/chat_template.thinking.jinja');
const tokenizerConfig: unknown = JSON.parse(await goldenText('configs/tokenizer_config.json'));
/** What the reference's class does by itself and Transformers.js only when told to. */
const steps = {
  do_convert_rgb: true,
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  resample: 3,
  rescale_factor: 1 / 255,
};
const imageConfig: unknown = JSON.parse(await goldenText('configs/preprocessor_config.json'));
const files = new Map([
  ['config.json', await goldenText('configs/config.json')],
  ['tokenizer.json', await goldenText('tokenizer/tokenizer.json.gz')],
  ['tokenizer_config.json', JSON.stringify(Object.assign({ chat_template: template }, tokenizerConfig))],
  ['preprocessor_config.json', JSON.stringify(Object.assign({}, steps, imageConfig))],
  ['video_preprocessor_config.json', await goldenText('configs/video_preprocessor_config.json')],
]);

const own = thisEngine(parseCheckpoint(files));
const other = await transformersJs(files);

console.log(`| input | library | grids | pixels | prompt tokens | positions |`);
console.log(`| --- | --- | --- | --- | --- | --- |`);
for (const input of await readReference()) {
  const result = await own.run(input);
  const exactPixels = 'value' in result.pixels ? result.pixels.value : [];
  const rows = [
    [own.name, ...judge(result, input, exactPixels)],
    [other.name, ...judge(await other.run(input), input, exactPixels)],
  ];
  for (const row of rows) console.log(`| ${[input.title, ...row].join(' | ')} |`);
}
