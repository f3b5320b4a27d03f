import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('the quick start of the README prints an order, and ends', async () => {
  await using issuer = await fakeIssuer({ clients: [{ clientId: 'billing', clientSecret: 'a secret' }] }).listen();
  await using api = await fakeApi(issuer, {
    'GET /v1/orders/:id': { scopes: ['orders.read'], answer: ({ params }) => ({ id: params['id'] }) },
  }).listen();
  const env = { ...process.env, ISSUER_URL: issuer.issuerUrl, CLIENT_SECRET: 'a secret', ORDERS_URL: api.origin };

  const { stdout, stderr } = await run(process.execPath, ['packages/bearings/test/quick-start.ts'], { env });

  expect({ stdout, stderr }).toEqual({ stdout: "{ id: '42' }\n", stderr: '' });
});
