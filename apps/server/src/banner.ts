import type { ModelConfig } from './model/load-model.js';
import { EMBEDDED_ID } from './model/load-model.js';

/** What the server says when it listens: which model, what it can do, how to switch, where to look. */
export function banner(url: string, config: ModelConfig): string {
  return ['', ...modelLines(config), '', ...addressLines(url), ''].join('\n');
}

function modelLines(config: ModelConfig): string[] {
  const { MODEL_REPO_ID: id, TORCH_DTYPE: precision } = config;
  if (config.ENGINE === 'openai') {
    const hosts = config.UPSTREAM_URL.map((url) => new URL(url).host).join(', ');
    return [`Gateway: the engines at ${hosts} answer${id === undefined ? '' : `, with ${id}`}.`];
  }
  if (id !== undefined) {
    return [`Model: ${id} (precision: ${precision}). It answers about text, images and videos.`];
  }
  return [
    `Model: ${EMBEDDED_ID}, the tiny checkpoint that comes with this server: a demonstration. It says who it is, sees`,
    'simple shapes and which way something moves, adds small numbers, reads a line or a drawn card, with mistakes.',
    'For real answers switch to a full model, in .env or on the command line:',
    '  MODEL_REPO_ID=Qwen/Qwen3-VL-2B-Thinking npm start',
  ];
}

function addressLines(url: string): string[] {
  return [
    `Chat page    ${url}/`,
    `API          ${url}/v1 (OpenAI-compatible; try it at ${url}/docs)`,
    `Health       ${url}/health`,
  ];
}
