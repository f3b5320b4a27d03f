import { expect, test } from 'vitest';
import { runDoctor } from '../../../src/commands/doctor/run-doctor.ts';
import type { DoctorResult } from '../../../src/commands/doctor/run-doctor.ts';
import { startRealServers } from '../../fixtures/real-servers.ts';

async function collect(results: AsyncIterable<DoctorResult>): Promise<readonly DoctorResult[]> {
  const all: DoctorResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}

test('a refused token request comes with its redacted exchange, and other results without one', async () => {
  await using servers = await startRealServers();
  const wrong = 'a-wrong-secret-of-the-orders-client';

  const results = await collect(runDoctor({ cwd: servers.folder, env: { ORDERS_SECRET: wrong } }));

  const token = results.find(({ name }) => name === 'token');
  expect(token).toMatchObject({ state: 'failed', exchange: { method: 'POST', status: 401 } });
  expect(token?.cause).toContain('invalid_client');
  expect(token?.remedy).toContain('Check clientId');
  expect(results.filter(({ exchange }) => exchange !== undefined)).toEqual([token]);
  expect(JSON.stringify(results)).not.toContain(wrong);
  expect(JSON.stringify(results)).not.toContain(btoa(`orders:${wrong}`));
});

test('a setup that works gives results that are all ok or not applicable', async () => {
  await using servers = await startRealServers();

  const results = await collect(runDoctor({ cwd: servers.folder, env: servers.env, clients: ['orders'] }));

  expect(results.map(({ name }) => name)).toEqual(expect.arrayContaining(['config', 'token', 'API']));
  expect(results.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(results.every(({ durationMs }) => durationMs >= 0)).toBe(true);
});

test('an aborted signal ends the checks with its reason', async () => {
  await using servers = await startRealServers();
  const signal = AbortSignal.abort(new Error('the page was closed'));

  const failure = collect(runDoctor({ cwd: servers.folder, env: servers.env, signal }));

  await expect(failure).rejects.toThrow('the page was closed');
});

test('an unknown client is refused with the closest name', async () => {
  await using servers = await startRealServers();

  const failure = collect(runDoctor({ cwd: servers.folder, env: servers.env, clients: ['order'] }));

  await expect(failure).rejects.toThrow('did you mean orders?');
});
