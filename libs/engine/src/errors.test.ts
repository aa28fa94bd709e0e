import { expect, it } from 'vitest';
import { EngineError } from './errors.js';

it('carries its code, message and cause', () => {
  const cause = new Error('underneath');
  const error = new EngineError('disk-full', 'Free some space.', { cause });
  expect(error).toMatchObject({ name: 'EngineError', code: 'disk-full', message: 'Free some space.', cause });
});

it('is recognised across copies of the package', () => {
  const other = Object.assign(new Error('from another copy'), { [Symbol.for('qwenvl.engine.error')]: true });
  expect(EngineError.isInstance(other)).toBe(true);
  expect(EngineError.isInstance(new EngineError('closed', 'Make a new engine.'))).toBe(true);
  expect(EngineError.isInstance(new Error('plain'))).toBe(false);
  expect(EngineError.isInstance('closed')).toBe(false);
});
