import type { GenerateRequest } from '@qwenvl/engine';
import type { LoadModel } from '../model/model-host.js';
import { type Script, ScriptedEngine, scriptedModel } from './scripted-engine.js';

/** Cuts a text into pieces of three characters, across words, tags and escapes alike. */
export function inPieces(text: string): string[] {
  return text.match(/[\s\S]{1,3}/gu) ?? [];
}

function lastText(request: GenerateRequest): string {
  const content = request.messages.at(-1)?.content ?? '';
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/**
 * A reasoning model that behaves: with tools it calls the first one, a tool's result it repeats, and to
 * everything else it answers with what was said last.
 */
export function obedientModel(): { engine: ScriptedEngine; loadModel: LoadModel } {
  const engine = new ScriptedEngine((request): Script => {
    const said = lastText(request);
    const tool = request.tools?.[0]?.function.name;
    const isToolResult = request.messages.at(-1)?.role === 'tool';
    const call = `<tool_call>\n{"name": "${tool ?? ''}", "arguments": {"city": "Jakarta"}}\n</tool_call>`;
    const answer = tool !== undefined && !isToolResult ? call : `You said: ${said}`;
    return { pieces: inPieces(`I think.\n</think>\n\n${answer}`) };
  });
  return { engine, loadModel: () => Promise.resolve(scriptedModel(engine, true)) };
}
