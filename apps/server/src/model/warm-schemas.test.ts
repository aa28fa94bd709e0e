import { pino } from 'pino';
import { expect, it, vi } from 'vitest';
import { ScriptedEngine, scriptedModel } from '../testing/scripted-engine.js';
import { warmSchemas } from './warm-schemas.js';

const log = pino({ level: 'silent' });
const schema = { type: 'string' };

it('lets the engine compile, and does not wait for it', async () => {
  const engine = new ScriptedEngine(() => ({ pieces: [] }));
  const prepare = vi.spyOn(engine, 'prepareConstraint').mockReturnValue(new Promise(() => undefined));
  const load = warmSchemas(() => Promise.resolve(scriptedModel(engine)), [schema], log);
  await expect(load(() => undefined)).resolves.toMatchObject({ engine });
  expect(prepare).toHaveBeenCalledWith({ type: 'json-schema', schema });
});

it('serves the model although nothing could be compiled', async () => {
  const engine = new ScriptedEngine(() => ({ pieces: [] }));
  vi.spyOn(engine, 'prepareConstraint').mockRejectedValue(new Error('closed'));
  const warn = vi.spyOn(log, 'warn');
  const load = warmSchemas(() => Promise.resolve(scriptedModel(engine)), [schema], log);
  await expect(load(() => undefined)).resolves.toMatchObject({ engine });
  await expect.poll(() => warn.mock.calls.length).toBe(1);
});
