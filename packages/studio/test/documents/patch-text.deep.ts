import * as fc from 'fast-check';
import { test } from 'vitest';
import { amount } from '../../../../test/amount.ts';
import { checkPatch, group } from './any-document.ts';

test('any value can be made of any other, and back again, in YAML and in JSON', () => {
  fc.assert(fc.property(group, group, fc.boolean(), checkPatch), { numRuns: amount(3_000) });
});
