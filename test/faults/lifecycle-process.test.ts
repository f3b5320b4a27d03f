import { fakeApi } from '@bearings/testing';
import { expect } from 'vitest';
import { createIssuer, clientSecret, hourMs } from './create-service.ts';
import { replay } from './replay.ts';
import { runFixture } from './run-fixture.ts';

replay('LC-001', async ({ hides }) => {
  await using issuer = await createIssuer().listen();
  await using api = await fakeApi(issuer).listen();

  const args = [issuer.tokenEndpoint, api.origin];
  const { exit, stdout, stderr } = await runFixture('one-call.ts', { args, env: { CLIENT_SECRET: clientSecret } });

  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const { waitsFor, renewsInMs } = JSON.parse(stdout);
  expect(renewsInMs).toBeGreaterThan(hourMs / 3); // a renewal was to come
  expect(waitsFor).toEqual([]); // and neither a timer nor an idle connection kept the process alive
  expect({ tokens: issuer.counts.token, calls: api.counts.requests }).toEqual({ tokens: 1, calls: 1 });
  hides([stdout, stderr]);
});

replay('LC-005', async ({ hides }) => {
  const run = await runFixture('failed-renewals.ts', { node: ['--unhandled-rejections=strict'] });

  expect(run).toMatchObject({ exit: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toEqual([
    'stale TOKEN_UNAVAILABLE',
    'stale TOKEN_HTTP',
    'stale TOKEN_HTTP',
    'stale INVALID_TOKEN_RESPONSE',
    'stale TOKEN_UNAVAILABLE',
    'stale TOKEN_UNAVAILABLE',
    'stale TOKEN_UNAVAILABLE',
  ]);
  hides(run);
});
