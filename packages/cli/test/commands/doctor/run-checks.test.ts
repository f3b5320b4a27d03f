import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { ok } from '../../../src/commands/doctor/check.ts';
import type { Check, CheckResult } from '../../../src/commands/doctor/check.ts';
import { runChecks } from '../../../src/commands/doctor/run-checks.ts';
import { until } from '../../fixtures/until.ts';

const interrupted = new AbortController().signal;

async function collect(results: AsyncIterable<CheckResult>): Promise<readonly CheckResult[]> {
  const all: CheckResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

test('a check without a result fails after a minute, and those that do not depend on it run', async () => {
  const clock = virtualClock();
  const silent: Check = { name: 'secret', dependsOn: [], run: () => new Promise(() => {}) };
  const dependent: Check = { name: 'token', dependsOn: [silent], run: async () => ok('a token') };
  const other: Check = { name: 'DNS', dependsOn: [], run: async () => ok('found') };

  const results = collect(runChecks([{ title: 'orders', checks: [silent, dependent, other] }], { interrupted, clock }));
  await until(() => clock.pending === 1);
  await clock.advance(60_000);

  expect((await results).map(({ check, verdict, durationMs }) => ({ check, verdict, durationMs }))).toEqual([
    { check: 'secret', verdict: 'failed', durationMs: 60_000 },
    { check: 'token', verdict: 'skipped', durationMs: 0 },
    { check: 'DNS', verdict: 'ok', durationMs: 0 },
  ]);
  expect((await results)[0]?.message).toBe('secret has no result within 60 s');
  expect(clock.pending).toBe(0);
});
