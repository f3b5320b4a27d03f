import { SecretString } from '@bearings/oauth-bearer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { amount, takeAmount } from '../../../../test/amount.ts';
import { explore } from './explore.ts';
import { checkInvariants } from './invariants.ts';
import { TwoProcesses } from './two-processes.ts';
import type { Incident } from './two-processes.ts';

const expired = { version: 0, minValidityMs: 0 };
const rejected = { version: 1, minValidityMs: 0, rejected: new SecretString('at1') };

const searches: readonly (readonly [Incident, typeof expired])[] = [
  ['crash', expired],
  ['crash', rejected],
  ['suspension', expired],
  ['suspension', rejected],
  ['lost answer', expired],
  ['revocation', expired],
  ['revocation', rejected],
];

test.each(takeAmount(searches, Number(process.env['SEED'] ?? 0)))(
  'with a %s at any step of any order, a grant is lost only between the answer and its commit',
  async (incident, need) => {
    const runs = await explore(async (choose) => {
      const model = new TwoProcesses();
      await model.run(choose, need, [incident]);
      checkInvariants(model);
    }, 300_000);

    expect(runs).toBeGreaterThan(300);
  },
);

test('several incidents at random steps lose a grant only between an answer and its commit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(5), { maxLength: 60 }),
      fc.constantFrom(expired, rejected),
      async (given, need) => {
        const model = new TwoProcesses();
        let index = 0;
        const choose = (possibilities: number): number => (given[index++] ?? index) % possibilities;
        await model.run(choose, need, ['crash', 'suspension', 'lost answer', 'revocation']);
        checkInvariants(model);
      },
    ),
    { numRuns: amount(20_000) },
  );
}, 300_000);
