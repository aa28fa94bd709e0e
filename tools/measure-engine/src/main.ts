import { parseArgs } from 'node:util';
import type { LoadOptions } from '@qwenvl/engine';
import { nanoCheckpointPath } from '@qwenvl/nano';
import { measureGeneration } from './measure-generation.js';
import { measureMedia } from './measure-media.js';
import { measureQuantisation } from './measure-quantisation.js';

const usage =
  'measure-engine generation|quantisation|media [--model FOLDER_OR_HUB_ID] [options, see README.md]';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: nanoCheckpointPath },
    cache: { type: 'string' },
    precision: { type: 'string', default: 'auto' },
    threads: { type: 'string' },
    prompt: { type: 'string', default: '128' },
    tokens: { type: 'string', default: '64' },
    streams: { type: 'string', default: '1,2,4' },
    picture: { type: 'string', default: '512' },
    pictures: { type: 'string', default: '1024x1024' },
    videos: { type: 'string', default: '64x320x240' },
  },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const [command = ''] = positionals;
switch (command) {
  case 'generation':
    await measureGeneration(
      {
        model: values.model,
        // The engine checks it and names what is allowed.
        precision: values.precision as LoadOptions['precision'],
        threads: values.threads === undefined ? undefined : Number(values.threads),
        cacheDir: values.cache,
        promptTokens: Number(values.prompt),
        answerTokens: Number(values.tokens),
        streams: values.streams.split(',').map(Number),
        pictureSide: Number(values.picture),
      },
      print,
    );
    break;
  case 'quantisation':
    print(await measureQuantisation(values.model, values.cache));
    break;
  case 'media': {
    const sizes = (list: string): number[][] =>
      list === '' ? [] : list.split(',').map((size) => size.split('x').map(Number));
    await measureMedia(
      {
        model: values.model,
        precision: values.precision as LoadOptions['precision'],
        cacheDir: values.cache,
        pictures: sizes(values.pictures),
        videos: sizes(values.videos),
      },
      print,
    );
    break;
  }
  default:
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
}
