import { SecretString } from '@bearings/oauth-bearer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { explore } from './explore.ts';
import { checkInvariants } from './invariants.ts';
import { TwoProcesses } from './two-processes.ts';

const expired = { version: 0, minValidityMs: 0 };
const rejected = { version: 1, minValidityMs: 0, rejected: new SecretString('at1') };

test.each([
  ['expired', expired],
  ['rejected by a resource', rejected],
])(
  'in every order of two processes, a token that is %s is refreshed once, and both get the new one',
  async (_, need) => {
    const runs = await explore(async (choose) => {
      const model = new TwoProcesses();
      await model.run(choose, need, []);

      expect(model.server.sends).toEqual(['rt1']);
      expect(model.grant).toMatchObject({ status: 'active', version: 2, lease: undefined, attempt: undefined });
      const tokens = model.outcomes.map((outcome) => outcome?.unwrap().pair.access.expose());
      expect(tokens).toEqual(['at2', 'at2']);
    }, 20_000);

    expect(runs).toBeGreaterThan(100);
  },
);

test('a crash, a suspension, a lost answer and a revocation in any order lose a grant only after an answer was lost', async () => {
  const choices = fc.array(fc.nat(5), { minLength: 5, maxLength: 40 });

  await fc.assert(
    fc.asyncProperty(choices, fc.constantFrom(expired, rejected), async (given, need) => {
      const model = new TwoProcesses();
      let index = 0;
      const choose = (possibilities: number): number => (given[index++] ?? index) % possibilities;
      await model.run(choose, need, ['crash', 'suspension', 'lost answer', 'revocation']);
      checkInvariants(model);
    }),
    { numRuns: 200 },
  );
});
