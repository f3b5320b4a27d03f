import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCredentials, loadConfig, createToken } from '@bearings/config';
import { expect } from 'vitest';
import { createIssuer, clientId, clientSecret } from './create-service.ts';
import { createCommandLine } from './command-line.ts';
import { replay } from './replay.ts';

replay('CF-013', async ({ hides }) => {
  const { bearings, issuer, api } = await createCommandLine('env:ORDERS_SECRET');

  for (const env of [{}, { ORDERS_SECRET: '' }]) {
    const printed = hides(await bearings(['call', 'orders', 'v1/orders'], env));

    expect(printed).toMatchObject({ exit: 2, stdout: '' });
    expect(printed.stderr).toContain('ORDERS_SECRET');
  }
  expect([issuer.requests, api.requests]).toEqual([[], []]);
});

replay('CF-019', async ({ hides }) => {
  const { folder } = await createCommandLine('file:./secret');
  const issuer = createIssuer({ clients: [{ clientId, clientSecret: 'cs_CANARY_next' }] });
  // as Kubernetes does it: a link to a folder is changed to another folder, in one act
  for (const [name, secret] of [
    ['one', clientSecret],
    ['two', 'cs_CANARY_next'],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'secret'), secret, { mode: 0o600 });
    symlinkSync(name, join(folder, `link-${name}`));
  }
  renameSync(join(folder, 'link-one'), join(folder, 'data'));
  const auth = {
    type: 'oauth2_client_credentials',
    tokenUrl: issuer.tokenEndpoint,
    clientId,
    clientSecretRef: `file:${join(folder, 'data', 'secret')}`,
  };
  const config = (await loadConfig({ clients: { orders: { baseUrl: 'https://api.example', auth } } })).unwrap();
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (issuer.counts.token === 0) renameSync(join(folder, 'link-two'), join(folder, 'data'));
    return issuer.fetch(input, init);
  };

  const [orders] = readCredentials(config);
  if (orders === undefined) throw new Error('The config has no credential');
  const token = (await createToken(config, orders, { fetch })).unwrap();
  const answer = hides(await token.get());
  await token.close();

  expect(answer.isOk()).toBe(true);
  expect(issuer.counts.token).toBe(2);
});
