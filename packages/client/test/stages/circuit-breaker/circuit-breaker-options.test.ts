import { expect, test } from 'vitest';
import { withCircuitBreaker } from '../../../src/stages/circuit-breaker/circuit-breaker.ts';
import { caught } from '../../caught.ts';

test.each<[string, Record<string, unknown>, string]>([
  ['failureRatio', { failureRatio: 0 }, 'a number above 0 and up to 1, not 0'],
  ['failureRatio', { failureRatio: 50 }, 'a number above 0 and up to 1, not 50'],
  ['failureRatio', { failureRatio: Number.NaN }, 'a number above 0 and up to 1, not NaN'],
  ['minimumCalls', { minimumCalls: 0 }, 'a whole number from 1, not 0'],
  ['minimumCalls', { minimumCalls: 2.5 }, 'a whole number from 1, not 2.5'],
  ['minimumCalls', { minimumCalls: '20' }, 'a whole number from 1, not "20"'],
  ['windowMs', { windowMs: 0 }, 'milliseconds above 0, a day at most, not 0'],
  ['openMs', { openMs: Infinity }, 'milliseconds above 0, a day at most, not Infinity'],
  ['openMs', { openMs: 86_400_001 }, 'milliseconds above 0, a day at most, not 86400001'],
  ['isFailure', { isFailure: true }, 'a function, not true'],
  ['onStateChange', { onStateChange: null }, 'a function, not null'],
])('a wrong %s is rejected when the layer is created', async (field, options, rule) => {
  const error = await caught(() => withCircuitBreaker(options));

  expect(error).toMatchObject({ code: 'CONFIG', field, message: `${field} must be ${rule}` });
});

test.each([{ failureRatio: 1, minimumCalls: 1 }, { windowMs: 86_400_000, openMs: 86_400_000 }, { openMs: 0.5 }])(
  'options at their bounds are accepted: %o',
  (options) => {
    expect(withCircuitBreaker(options).settings).toMatchObject(options);
  },
);
