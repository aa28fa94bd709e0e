import { describe, vi } from 'vitest';
import type * as StartTestServer from '../testing/start-test-server.js';

// The suites of public clients, each of whose servers is a gateway in front of the server that the suite asks for.
vi.mock('../testing/start-test-server.js', async (importOriginal) => {
  const { startTestServer, untilReady } = await importOriginal<typeof StartTestServer>();
  const start: typeof startTestServer = async (environment, loadModel) => {
    const upstream = await startTestServer({}, loadModel);
    await untilReady(upstream.url);
    const gateway = await startTestServer({
      ...environment,
      ENGINE: 'openai',
      UPSTREAM_URL: `${upstream.url}/v1`,
      MODEL_REPO_ID: 'qwenvl-nano',
    });
    await untilReady(gateway.url);
    const close = async () => {
      await gateway.close();
      await upstream.close();
    };
    return { url: gateway.url, close };
  };
  return { startTestServer: start, untilReady };
});

describe('through a gateway', () => {
  describe('openai', async () => {
    await import('../e2e/openai-client.test.js');
  });
  describe('AI SDK', async () => {
    await import('../e2e/ai-sdk.test.js');
  });
  describe('LangChain', async () => {
    await import('../e2e/langchain.test.js');
  });
  describe('plain completions', async () => {
    await import('../e2e/completions.test.js');
  });
  describe('wrong requests', async () => {
    await import('../e2e/bad-input.test.js');
  });
  describe('structured answers', async () => {
    await import('../e2e/structured.test.js');
  });
});
