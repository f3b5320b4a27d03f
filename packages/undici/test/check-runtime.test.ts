import { expect, test } from 'vitest';
import { checkRuntime } from '../src/check-runtime.ts';

test('a runtime without a complete undici, such as Bun, is a CONFIG error that says what to do', () => {
  expect(() => checkRuntime(Object, 'withUndici')).toThrow(
    expect.objectContaining({
      code: 'CONFIG',
      message: expect.stringMatching(/withUndici needs Node.js or Deno.*Use a client without it, over fetch$/),
    }),
  );
});
