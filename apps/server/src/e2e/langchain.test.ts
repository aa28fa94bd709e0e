import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunningServer } from '../server.js';
import { obedientModel } from '../testing/scripted-answers.js';
import { startTestServer } from '../testing/start-test-server.js';
import { validatingFetch } from '../testing/validating-fetch.js';

let server: RunningServer;

beforeAll(async () => {
  server = await startTestServer({}, obedientModel().loadModel);
});

afterAll(async () => {
  await server.close();
});

function model() {
  return new ChatOpenAI({
    model: 'default',
    apiKey: 'none',
    maxRetries: 0,
    configuration: { baseURL: `${server.url}/v1`, fetch: validatingFetch },
  });
}

const weather = tool(({ city }: { city: string }) => `sunny in ${city}`, {
  name: 'weather',
  description: 'The weather in a city',
  schema: z.object({ city: z.string() }),
});

describe('LangChain', () => {
  it('invokes', async () => {
    const answer = await model().invoke('hi');
    expect(answer.content).toBe('You said: hi');
    expect(answer).toMatchObject({ usage_metadata: { input_tokens: 5 } });
  });

  it('reads reasoning and text apart', async () => {
    const answer = await model().invoke('hi');
    expect(answer.additional_kwargs.reasoning_content).toBe('I think.');
    expect(answer.text).toBe('You said: hi');
  });

  it('streams reasoning and text apart', async () => {
    let text = '';
    let reasoning = '';
    for await (const chunk of await model().stream('hi')) {
      text += chunk.text;
      const { reasoning_content: piece } = chunk.additional_kwargs;
      if (typeof piece === 'string') reasoning += piece;
    }
    expect({ text, reasoning }).toEqual({ text: 'You said: hi', reasoning: 'I think.' });
  });

  it('calls a tool and goes on with its result', async () => {
    const bound = model().bindTools([weather]);
    const question = new HumanMessage('weather?');
    const call = await bound.invoke([question]);
    const [wanted] = call.tool_calls ?? [];
    expect(wanted).toMatchObject({ name: 'weather', args: { city: 'Jakarta' } });
    const result: unknown = await weather.invoke(wanted!);
    expect(result).toBeInstanceOf(ToolMessage);
    const answer = await bound.invoke([question, call, result as ToolMessage]);
    expect(answer.content).toBe('You said: sunny in Jakarta');
  });
});
