import { inspect } from 'node:util';
import '@bearings/testing/vitest';
import { fakeIssuer, faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { ClientCredentials } from '../../src/sources/client-credentials.ts';
import { readTokenConfig } from '../../src/token/token-config.ts';
import { configFor } from '../create-token.ts';
import * as kit from '../fake-issuer.ts';

const signal = new AbortController().signal;
const probe = { signal, isProbe: true };

test('what came with the token is there for a decorator, and prints no value', async () => {
  const issuer = kit.fakeIssuer(
    kit.grant('at_1', { refresh_token: 'rt_CANARY', id_token: 'id_CANARY', instance_url: 'https://i.test/CANARY' }),
  );
  const source = new ClientCredentials(readTokenConfig(kit.configFor(issuer)).unwrap());

  const { extras } = (await source.acquire(probe)).unwrap();

  expect(extras?.refreshToken?.expose()).toBe('rt_CANARY');
  expect(extras?.idToken?.expose()).toBe('id_CANARY');
  expect(extras?.get('instance_url')).toBe('https://i.test/CANARY');
  expect(extras?.get('access_token')).toBeUndefined();
  expect(extras?.get('toString')).toBeUndefined();
  expect(extras).toHideSecrets(['CANARY']);
  expect(inspect(extras, { showHidden: true })).toBe('[REDACTED]');
});

test('a probe sends one request, another acquisition retries', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.status(503));
  const source = new ClientCredentials(readTokenConfig(configFor(issuer)).unwrap());

  await source.acquire(probe);
  const afterProbe = issuer.counts.token;
  await source.acquire({ signal, isProbe: false });

  expect([afterProbe, issuer.counts.token]).toEqual([1, 4]);
});

test('a long outage does not use up the retries of later acquisitions', async () => {
  const issuer = fakeIssuer();
  const source = new ClientCredentials(readTokenConfig(configFor(issuer)).unwrap());
  issuer.inject(faults.status(503));
  for (let count = 0; count < 20; count += 1) await source.acquire({ signal, isProbe: false });

  const before = issuer.counts.token;
  await source.acquire({ signal, isProbe: false });

  expect(issuer.counts.token - before).toBe(3);
});

test('a source whose secret cannot change has not changed', async () => {
  const issuer = fakeIssuer();
  const source = new ClientCredentials(readTokenConfig(configFor(issuer)).unwrap());

  await source.acquire(probe);

  expect(await source.hasChanged()).toBe(false);
});

test('a source has changed when its secret function returns another secret than the refused one', async () => {
  const issuer = fakeIssuer();
  let secret = 'wrong';
  const config = configFor(issuer, { clientSecret: () => secret });
  const source = new ClientCredentials(readTokenConfig(config).unwrap());

  const before = await source.hasChanged();
  await source.acquire(probe);
  const same = await source.hasChanged();
  secret = 'another';

  expect([before, same, await source.hasChanged()]).toEqual([false, false, true]);
});
