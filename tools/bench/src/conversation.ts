import type { ChatMessage, Engine } from '@qwenvl/engine';

/** Milliseconds to the first token of a question about a picture, and of a second question in the conversation. */
export interface ConversationTiming {
  readonly firstTurn: number;
  readonly secondTurn: number;
  readonly promptTokens: number;
}

function picture(width: number, height: number, seed: number) {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, index) => ((index * 31 + seed * 97) ^ (index >> 7)) % 256,
  );
  return { type: 'image', image: { width, height, data } } as const;
}

async function ask(engine: Engine, messages: ChatMessage[]) {
  const started = performance.now();
  let first = NaN;
  let text = '';
  let tokens = 0;
  for await (const event of engine.generate({ messages, maxTokens: 8, sampling: { temperature: 0 } })) {
    if (event.type === 'start') tokens = event.promptTokens;
    if (event.type === 'token' && Number.isNaN(first)) first = performance.now() - started;
    if (event.type === 'finish') text += event.text;
    if (event.type === 'token') text += event.text;
  }
  return { first, text, tokens };
}

/** Two turns about a picture of 1024 x 768, different for each seed. Needs an engine whose prefix cache is on. */
export async function timeConversation(engine: Engine, seed: number): Promise<ConversationTiming> {
  const question = (): ChatMessage => ({
    role: 'user',
    content: [picture(1024, 768, seed), { type: 'text', text: 'Apa yang terlihat?' }],
  });
  const one = await ask(engine, [question()]);
  const two = await ask(engine, [
    question(),
    { role: 'assistant', content: one.text },
    { role: 'user', content: 'Apa warnanya?' },
  ]);
  return { firstTurn: one.first, secondTurn: two.first, promptTokens: one.tokens };
}
