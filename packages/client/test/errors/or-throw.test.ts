import { expect, test } from 'vitest';
import { AttemptTimeoutError } from '../../src/errors/index.ts';
import { orThrow } from '../../src/errors/or-throw.ts';

const failure = new AttemptTimeoutError('https://api.test', 5);
const ok = { isOk: () => true, value: 42 };
const failed = { isOk: () => false, error: failure };

test('the value of a result, or of a promise of one, is returned', async () => {
  const now: number = orThrow(ok);
  const later: number = await orThrow(Promise.resolve(ok));

  expect([now, later]).toEqual([42, 42]);
});

test('a value may be undefined', () => {
  expect(orThrow({ isOk: () => true, value: undefined })).toBeUndefined();
});

test('the error of a result is thrown itself', async () => {
  expect(() => orThrow(failed)).toThrow(failure);
  await expect(orThrow(Promise.resolve(failed))).rejects.toBe(failure);
});

test('a promise that rejects passes its reason on', async () => {
  await expect(orThrow(Promise.reject(failure))).rejects.toBe(failure);
});

test.each([undefined, null, 42, {}, { value: 42 }, { isOk: () => true }])(
  '%s is not a result: CONFIG',
  async (value) => {
    const untyped = value as typeof ok;

    expect(() => orThrow(untyped)).toThrow(expect.objectContaining({ code: 'CONFIG', field: 'result' }));
    await expect(orThrow(Promise.resolve(untyped))).rejects.toMatchObject({ code: 'CONFIG', field: 'result' });
  },
);
