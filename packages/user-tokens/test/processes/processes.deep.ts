import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { amount } from '../../../../test/amount.ts';
import { FakeProvider } from '../fake-provider.ts';
import { postgres } from '../../../../test/services.ts';
import type { CallerReport, Step } from './caller.ts';
import { shareGrant } from './shared-grant.ts';
import { startCaller } from './start-caller.ts';
import type { StartedCaller } from './start-caller.ts';

const leaseMs = 3_000;
const steps: readonly Step[] = ['before claim', 'after claim', 'after send', 'before commit', 'after commit'];
const runs = Math.max(amount(20), steps.length);
const kinds = [
  { kind: 'SQLite', isThere: true },
  { kind: 'PostgreSQL', isThere: postgres.isThere },
] as const;

describe.each(kinds)('$kind', ({ kind, isThere }) => {
  test.skipIf(!isThere)(
    'four processes with 250 callers each make one token request, and all get one token',
    async () => {
      await using shared = await shareGrant(kind, new FakeProvider());

      const started = Array.from({ length: 4 }, () => startCaller({ ...shared.config, callers: 250, leaseMs: 15_000 }));
      const reports = await Promise.all(started.map(({ report }) => report));

      expect(shared.provider.refreshes).toHaveLength(1);
      expect(reports).toEqual(Array.from({ length: 4 }, () => ({ tokens: ['at_CANARY_alice_2'], errors: [] })));
    },
  );

  test.skipIf(!isThere)(
    'a process that is killed at any step loses a grant only between the answer and its commit',
    async () => {
      const outcomes: string[] = [];
      for (let run = 0; run < runs; run += 1) {
        const at = steps[run % steps.length] ?? 'after claim';
        await using shared = await shareGrant(kind, new FakeProvider());
        const killed = startCaller({ ...shared.config, callers: 1, leaseMs, signal: { at, name: 'SIGKILL' } });
        await killed.report;
        const next = await startCaller({ ...shared.config, callers: 3, leaseMs }).report;
        const isLost = at === 'after send' || at === 'before commit';

        expect({ at, ...next }).toEqual(
          isLost
            ? { at, tokens: [], errors: ['refresh_interrupted'] }
            : { at, tokens: ['at_CANARY_alice_2'], errors: [] },
        );
        expect(await shared.read()).toMatchObject({ status: isLost ? 'needs_reauthorization' : 'active' });
        expect(shared.provider.refreshes).toHaveLength(isLost ? 2 : 1);
        outcomes.push(at);
      }
      expect(outcomes).toHaveLength(runs);
    },
  );

  test.skipIf(!isThere)(
    'at a server with a grace period, a process that is killed at any step loses nothing',
    async () => {
      for (const at of steps) {
        await using shared = await shareGrant(kind, new FakeProvider({ rotation: { graceMs: 30_000 } }));
        await startCaller({ ...shared.config, callers: 1, leaseMs, signal: { at, name: 'SIGKILL' } }).report;

        const next = await startCaller({ ...shared.config, callers: 3, leaseMs }).report;

        expect({ at, errors: next?.errors, count: next?.tokens.length }).toEqual({ at, errors: [], count: 1 });
      }
    },
  );

  test.skipIf(!isThere)(
    'a process that was stopped before its request does not send it when it goes on too late',
    async () => {
      await using shared = await shareGrant(kind, new FakeProvider());
      const stopped = startCaller({
        ...shared.config,
        callers: 1,
        leaseMs,
        signal: { at: 'after claim', name: 'SIGSTOP' },
      });
      await untilLeased(shared.read, stopped);

      const next = await startCaller({ ...shared.config, callers: 1, leaseMs }).report;
      await sleep(leaseMs);
      const late = await continued(stopped);

      expect([next, late]).toEqual(Array.from({ length: 2 }, () => ({ tokens: ['at_CANARY_alice_2'], errors: [] })));
      expect(shared.provider.refreshes).toHaveLength(1);
      expect(await shared.read()).toMatchObject({ status: 'active', version: 2 });
    },
  );

  test.skipIf(!isThere)(
    'the late commit of a process that was stopped for twice its lease changes nothing',
    async () => {
      await using shared = await shareGrant(kind, new FakeProvider({ rotation: { graceMs: 30_000 } }));
      const stopped = startCaller({
        ...shared.config,
        callers: 1,
        leaseMs,
        signal: { at: 'before commit', name: 'SIGSTOP' },
      });
      await untilLeased(shared.read, stopped);

      const next = await startCaller({ ...shared.config, callers: 1, leaseMs }).report;
      await sleep(leaseMs);
      const before = await shared.read();
      const late = await continued(stopped);

      expect(next).toEqual({ tokens: ['at_CANARY_alice_3'], errors: [] });
      expect(late).toEqual({ tokens: ['at_CANARY_alice_3'], errors: [] });
      expect(await shared.read()).toMatchObject({ version: 2, status: 'active', updatedAt: before?.updatedAt });
    },
  );
});

/** Waits until a process has its lease and has stopped itself. Fails when the process ends instead. */
async function untilLeased(
  read: () => Promise<{ readonly lease: unknown } | undefined>,
  { report }: StartedCaller,
): Promise<void> {
  const ended = report.then((printed) => {
    throw new Error(`the process has ended: ${JSON.stringify(printed)}`);
  });
  const leased = async (): Promise<void> => {
    while ((await read())?.lease === undefined) await sleep(20);
    await sleep(300); // it stops itself right after
  };
  await Promise.race([leased(), ended]);
  ended.catch(() => {}); // it ends later, as it should
}

/** Lets a process go on. The signal is repeated: on a busy machine it may stop itself later than it was expected to. */
async function continued({ process, report }: StartedCaller): Promise<CallerReport | undefined> {
  const again = setInterval(() => process.kill('SIGCONT'), 100);
  try {
    return await report;
  } finally {
    clearInterval(again);
  }
}
