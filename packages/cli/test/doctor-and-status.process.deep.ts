import { fakeApi, fakeIssuer } from '@bearings/testing';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearings, bearingsOnTerminal, hasScript } from './fixtures/command-line.ts';
import { configFolder } from './fixtures/config-folder.ts';
import { plantedSecret } from './fixtures/identity-provider.ts';
import { openWorkplace } from './fixtures/workplace.ts';
import type { Workplace } from './fixtures/workplace.ts';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place[Symbol.asyncDispose]());

const here = () => ({ cwd: place.folder, env: place.env });

test('doctor --json is JSON and nothing else', async () => {
  const { code, out } = await bearings(['doctor', '--json', 'orders'], here());

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ ok: true });
});

test('doctor ends with 1 when something is wrong, and with 2 when it is the config', async () => {
  const wrong = await bearings(['doctor'], { cwd: place.folder, env: { ORDERS_SECRET: 'the-one-before' } });
  const unset = await bearings(['doctor'], { cwd: place.folder });

  expect(wrong.code).toBe(1);
  expect(wrong.out).toContain('✗ token        the token endpoint answered 401: invalid_client');
  expect(unset.code).toBe(2);
  expect(unset.out).toContain('names the environment variable ORDERS_SECRET, which is not set');
  expect(wrong.out + unset.out).not.toMatch(/the-one-before/);
});

test('doctor trusts the authority that it is told of, and warns of a certificate that ends soon', async () => {
  const clients = [{ clientId: 'billing', clientSecret: plantedSecret }] as const;
  await using issuer = await fakeIssuer({ clients }).listen({ tls: true });
  await using api = await fakeApi(issuer).listen();
  const auth = {
    type: 'oauth2_client_credentials',
    issuerUrl: issuer.issuerUrl,
    clientId: 'billing',
    clientSecretRef: 'env:ORDERS_SECRET',
  };
  using folder = configFolder(
    { clients: { orders: { baseUrl: api.origin, auth } } },
    { 'ca.pem': { text: issuer.certificate ?? '' } },
  );

  const { code, out } = await bearings(['doctor'], {
    cwd: folder.path,
    env: { ...place.env, NODE_EXTRA_CA_CERTS: `${folder.path}/ca.pem` },
  });

  expect(out).toContain('! TLS          TLSv1.3; the certificate of 127.0.0.1, issued by itself, ends within a day');
  expect(out).toContain('✓ API          HEAD / answered 200, with the token');
  expect(code).toBe(0);
});

test('auth status in a pipe is a table without colors', async () => {
  const { code, out, err } = await bearings(['auth', 'status'], here());

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^CLIENTS .*\norders {3}http.* ✓ fresh {2}5 min, to .* orders\.read\n$/);
});

test('auth status ends with 3 when there is a credential without a token', async () => {
  const { code, out } = await bearings(['auth', 'status', '--json'], {
    cwd: place.folder,
    env: { ORDERS_SECRET: 'the-one-before' },
  });

  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ credentials: [{ state: 'none', error: { code: 'HTTP' } }] });
});

test('auth status --watch in a pipe goes on until ctrl-C, and that is no failure', async () => {
  const { code, out, err } = await bearings(['auth', 'status', '--watch'], {
    ...here(),
    whileItRuns: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
  });

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/Z {2}orders {2}✓ fresh {2}/);
});

test.skipIf(!hasScript)('on a terminal, both have colors', async () => {
  const status = await bearingsOnTerminal(['auth', 'status'], here());
  const report = await bearingsOnTerminal(['doctor'], here());

  expect(status.code).toBe(0);
  expect(status.out).toContain('\u001b[32m✓ fresh\u001b[39m');
  expect(report.code).toBe(0);
  expect(report.out).toContain('\u001b[32m✓\u001b[39m token');
  expect(stripVTControlCharacters(status.out + report.out)).not.toContain(plantedSecret);
});
