import { parseCheckpointConfig, type CheckpointConfig } from '@qwenvl/exporter';
import { z } from 'zod';
import { EngineError } from '../errors.js';
import { fromExporter } from '../loading/exporter-errors.js';
import { ChatTemplate } from '../prompt/chat-template.js';
import { TextGuard } from '../prompt/text-guard.js';
import { neutralSampling } from '../sampling/settings.js';
import { Tokenizer } from '../tokenizer/tokenizer.js';
import { tokenizerSchema } from '../tokenizer/tokenizer-schema.js';
import { generationConfigSchema, type GenerationDefaults } from './generation-config.js';
import { parseJson, parseValue } from './parse-json.js';
import { imageProcessorSchema, videoProcessorSchema, type ProcessorConfig } from './processor-config.js';
import { tokenizerConfigSchema, type TokenizerConfig } from './tokenizer-config.js';

/** Everything of a checkpoint but its weights, ready for use. */
export interface Checkpoint {
  readonly config: CheckpointConfig;
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Keeps the text of users apart from the tokens of the template. */
  readonly guard: TextGuard;
  readonly image: ProcessorConfig;
  readonly video: ProcessorConfig;
  readonly generation: GenerationDefaults;
}

/**
 * Reads the small files of a checkpoint.
 *
 * @param files file name → text: `config.json` and `tokenizer.json` are needed, and a chat template from
 *   `chat_template.jinja`, `chat_template.json` or `tokenizer_config.json`; `tokenizer_config.json`,
 *   `generation_config.json`, `preprocessor_config.json` and `video_preprocessor_config.json` (or
 *   `processor_config.json` for both) have the defaults of the official checkpoints
 * @throws {EngineError} `checkpoint-missing`, `checkpoint-corrupt` or `unsupported-checkpoint`, naming the file
 */
export function parseCheckpoint(files: ReadonlyMap<string, string>): Checkpoint {
  const json = <T>(name: string, schema: z.ZodType<T>): T => parseJson(name, required(files, name), schema);
  const optional = <T>(name: string, schema: z.ZodType<T>): T =>
    parseJson(name, files.get(name) ?? '{}', schema);
  const config = parseConfig(files);
  const tokenizer = new Tokenizer(json('tokenizer.json', tokenizerSchema));
  checkMediaTokens(config, tokenizer);
  const tokenizerConfig = optional('tokenizer_config.json', tokenizerConfigSchema);
  return {
    config,
    tokenizer,
    template: new ChatTemplate(templateSource(files, tokenizerConfig), templateVariables(tokenizerConfig)),
    guard: new TextGuard(tokenizer.vocabulary.added),
    image: processorConfig(files, 'preprocessor_config.json', 'image_processor', imageProcessorSchema),
    video: processorConfig(files, 'video_preprocessor_config.json', 'video_processor', videoProcessorSchema),
    generation: generationDefaults(files, tokenizer, tokenizerConfig),
  };
}

function required(files: ReadonlyMap<string, string>, name: string): string {
  const text = files.get(name);
  if (text === undefined)
    throw new EngineError('checkpoint-missing', `The checkpoint has no ${name}. Fetch it again, whole.`);
  return text;
}

/** Of {@link parseCheckpoint}'s files `config.json` alone; throws the same. */
export function parseConfig(files: ReadonlyMap<string, string>): CheckpointConfig {
  const json = parseJson('config.json', required(files, 'config.json'), z.unknown());
  try {
    return parseCheckpointConfig(json);
  } catch (error) {
    throw fromExporter(error);
  }
}

function checkMediaTokens({ tokens }: CheckpointConfig, { vocabulary }: Tokenizer): void {
  for (const [name, id] of Object.entries(tokens)) {
    if (!vocabulary.addedToken(id))
      throw new EngineError(
        'checkpoint-corrupt',
        `config.json says that the ${name} token is ${id}, but tokenizer.json has no such added token.`,
      );
  }
}

/** From its own file, else from `processor_config.json`, where transformers 5 keeps both; else the defaults. */
function processorConfig(
  files: ReadonlyMap<string, string>,
  name: string,
  key: string,
  schema: z.ZodType<ProcessorConfig>,
): ProcessorConfig {
  const own = files.get(name);
  if (own !== undefined) return parseJson(name, own, schema);
  const shared = files.get('processor_config.json') ?? '{}';
  const processors = parseJson('processor_config.json', shared, z.record(z.string(), z.unknown()));
  return parseValue(`processor_config.json, ${key}`, processors[key] ?? {}, schema);
}

function templateSource(files: ReadonlyMap<string, string>, { chat_template }: TokenizerConfig): string {
  const jinja = files.get('chat_template.jinja');
  if (jinja !== undefined) return jinja;
  const json = files.get('chat_template.json');
  const source =
    json === undefined
      ? chat_template
      : parseJson('chat_template.json', json, z.object({ chat_template: z.string() })).chat_template;
  if (source === undefined || source === null)
    throw new EngineError(
      'checkpoint-missing',
      'The checkpoint has no chat template: none of chat_template.jinja, chat_template.json and chat_template in tokenizer_config.json is there.',
    );
  return source;
}

function templateVariables(config: TokenizerConfig): Record<string, string> {
  const { bos_token, eos_token, pad_token, unk_token } = config;
  const named = Object.entries({ bos_token, eos_token, pad_token, unk_token });
  return Object.fromEntries(named.flatMap(([name, token]) => (token ? [[name, token]] : [])));
}

/** Without a `generation_config.json`, the tokenizer's end token and the model's own distribution. */
function generationDefaults(
  files: ReadonlyMap<string, string>,
  { vocabulary }: Tokenizer,
  { eos_token }: TokenizerConfig,
): GenerationDefaults {
  const text = files.get('generation_config.json');
  const given =
    text === undefined
      ? { eosIds: [], sampling: neutralSampling }
      : parseJson('generation_config.json', text, generationConfigSchema);
  const eos = eos_token ? vocabulary.addedId(eos_token) : undefined;
  const eosIds = given.eosIds.length > 0 || eos === undefined ? given.eosIds : [eos];
  if (eosIds.length === 0)
    throw new EngineError(
      'checkpoint-corrupt',
      'Neither generation_config.json nor tokenizer_config.json names a token that ends an answer.',
    );
  return { ...given, eosIds };
}
