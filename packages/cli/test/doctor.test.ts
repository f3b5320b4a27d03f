import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { doctor } from '../src/commands/doctor/doctor.ts';
import type { DoctorOptions } from '../src/commands/doctor/doctor.ts';
import type { Probes } from '../src/commands/doctor/probes.ts';
import type { FakeTerminal } from './fixtures/fake-terminal.ts';
import { plantedSecret } from './fixtures/identity-provider.ts';
import { dayMs, town, townAuth, trusted } from './fixtures/town.ts';
import type { Town } from './fixtures/town.ts';
import { until } from './fixtures/until.ts';

const baseUrl = 'https://orders.internal';

interface Visit {
  readonly options?: DoctorOptions;
  readonly probes?: Partial<Probes>;
  readonly terminal?: FakeTerminal;
}

/** The doctor's report, line by line, and the exit code. */
async function visit(place: Town, { options = {}, probes = {}, terminal = place.terminal() }: Visit = {}) {
  const exitCode = await doctor(terminal, options, { ...place.probes, ...probes });
  return { exitCode, lines: terminal.out().split('\n'), terminal };
}

/** Lines of a check, with the remedy below each. */
const of = (lines: readonly string[], check: string): string[] =>
  lines.flatMap((line, at) => {
    if (line.slice(4, 17).trimEnd() !== check) return [];
    const next = lines[at + 1]?.trim() ?? '';
    return [[line.slice(2, 3), line.slice(17), ...(next.startsWith('→') ? [next] : [])].join(' ')];
  });

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

test('a report as people see it', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth({ scopes: ['orders.read', 'orders.admin'] }) } });
  place.issuer.inject(faults.member('scope', 'orders.read'));
  const terminal = place.terminal({ tty: ['stdout'], columns: 110, env: { NO_COLOR: '1' } });

  const { exitCode } = await visit(place, { terminal });

  expect(exitCode).toBe(1);
  await expect(terminal.out()).toMatchFileSnapshot('golden/doctor.txt');
});

test('what one failure kept from being checked is one line, for each who is concerned', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth() }, public: { baseUrl, auth: { type: 'none' } } });
  place.api.inject(faults.status(404));
  const addressesOf: Probes['addressesOf'] = async (host) =>
    host === 'id.internal' ? Promise.reject(systemError('ENOTFOUND')) : ['10.0.0.4'];

  const { lines } = await visit(place, { probes: { addressesOf } });

  expect(of(lines, 'not checked')).toEqual([
    '– TCP, TLS, discovery, client auth, clock, token, scopes: DNS failed',
    '– API: DNS failed',
  ]);
  expect(lines.at(-2)).toBe('1 failed, 9 ok, 8 skipped');
});

test('JSON says the same, in a form that stays', async () => {
  using place = town();
  const probes = { addressesOf: async () => Promise.reject(systemError('ENOTFOUND')) };

  const { exitCode, terminal } = await visit(place, { options: { json: true }, probes });

  const { ok, checks } = JSON.parse(terminal.out());
  expect(exitCode).toBe(1);
  expect(ok).toBe(false);
  expect(checks.slice(0, 4)).toEqual([
    { subject: 'Config bearings.yaml', check: 'config', verdict: 'ok', says: '1 client, 1 credential', remedy: null },
    {
      subject: 'Credential of orders: billing at https://id.internal',
      check: 'secret',
      verdict: 'ok',
      says: 'env:ORDERS_SECRET is there',
      remedy: null,
    },
    {
      subject: 'Credential of orders: billing at https://id.internal',
      check: 'DNS',
      verdict: 'failed',
      says: 'id.internal is a name that nobody knows (ENOTFOUND)',
      remedy: expect.stringContaining('VPN'),
    },
    {
      subject: 'Credential of orders: billing at https://id.internal',
      check: 'TCP',
      verdict: 'skipped',
      says: 'not checked: DNS failed',
      remedy: null,
    },
  ]);
});

test('a config that is wrong is JSON too, with exit code 2', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth({ clientSecretRef: 'env:NOT_SET' }) } });

  const { exitCode, terminal } = await visit(place, { options: { json: true } });

  expect(exitCode).toBe(2);
  expect(JSON.parse(terminal.out())).toMatchObject({
    ok: false,
    checks: expect.arrayContaining([expect.objectContaining({ check: 'secret', verdict: 'failed' })]),
  });
});

test('a credential is looked at once, and asked for once, however many clients use it', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth() }, stock: { baseUrl, auth: townAuth() } });

  const { exitCode, lines } = await visit(place);

  expect(exitCode).toBe(0);
  expect(lines.filter((line) => line.startsWith('Credential'))).toEqual([
    'Credential of orders, stock: billing at https://id.internal',
  ]);
  expect(place.issuer.counts).toMatchObject({ metadata: 1, token: 1 });
  expect(place.api.counts.requests).toBe(2);
});

test('only the clients that are named are looked at, with their credentials', async () => {
  using place = town({
    orders: { baseUrl, auth: townAuth() },
    stock: { baseUrl, auth: townAuth({ scopes: ['stock'] }) },
  });

  const { lines } = await visit(place, { options: { clients: ['stock'] } });

  expect(lines.join('\n')).not.toContain('orders:');
  expect(place.issuer.counts.token).toBe(1);
});

test('a client that is not in the config is a question, and nothing is sent', async () => {
  using place = town();

  await expect(visit(place, { options: { clients: ['ordres'] } })).rejects.toThrow(/did you mean orders\?/i);

  expect(place.issuer.requests).toEqual([]);
});

test('without a token the API is not called', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth({ clientSecretRef: 'env:OLD_SECRET' }) } });

  const { lines } = await visit(place);

  expect(of(lines, 'not checked')).toEqual(['– scopes: token failed', '– API: token failed']);
  expect(place.api.requests).toEqual([]);
});

test.each([
  [13, 0, '! TLSv1.3; the certificate of id.internal, issued by Internal CA 2, ends in 13 days → Have it renewed'],
  [1, 0, '! TLSv1.3; the certificate of id.internal, issued by Internal CA 2, ends in a day → Have it renewed'],
  [0.5, 0, '! TLSv1.3; the certificate of id.internal, issued by Internal CA 2, ends within a day → Have it renewed'],
  [14, 0, '✓ TLSv1.3; the certificate of id.internal, issued by Internal CA 2, ends in 14 days'],
])('a certificate that ends in %d days, exit code %d: %s', async (days, expected, says) => {
  using place = town();
  const shakeHands: Probes['shakeHands'] = async ({ host }) =>
    trusted(host, place.clock.now() + (host === 'id.internal' ? days : 80) * dayMs);

  const { exitCode, lines } = await visit(place, { probes: { shakeHands } });

  expect(exitCode).toBe(expected);
  expect(of(lines, 'TLS')[0]).toContain(says);
});

test.each([
  ['CERT_HAS_EXPIRED', 'it ended on 2026-11-01 (CERT_HAS_EXPIRED) → Have it renewed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is not for id.internal (ERR_TLS_CERT_ALTNAME_INVALID) → Use the name'],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'the server does not send who issued it (UNABLE_TO_VERIFY_LEAF_SIGNATURE) → Have',
  ],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'nobody here knows the authority at the end of its chain (SELF_SIGNED_CERT_IN_CHAIN) →',
  ],
  ['CERT_CHAIN_TOO_LONG', 'its chain does not hold (CERT_CHAIN_TOO_LONG) → '],
])('a certificate that is not trusted, %s: %s', async (distrust, says) => {
  using place = town();
  const endsAt = Date.UTC(2026, 10, 1);
  const shakeHands: Probes['shakeHands'] = async ({ host }) => ({ ...trusted(host, endsAt), distrust });

  const { exitCode, lines } = await visit(place, { probes: { shakeHands } });

  expect(exitCode).toBe(1);
  expect(of(lines, 'TLS')[0]).toContain(says);
  expect(place.issuer.requests).toEqual([]);
});

test.each([
  [0, '✓ the same as the server'],
  [10_000, '✓ this machine is 11 s behind the server'],
  [60_000, '! this machine is 1 min 1 s behind the server → Set the clock'],
  [-60_000, '! this machine is 1 min ahead of the server → Set the clock'],
  [-301_000, '✗ this machine is 5 min 1 s ahead of the server → Set the clock'],
])('a server whose clock is %d ms ahead: %s', async (skewMs, says) => {
  using place = town();
  place.issuer.inject(faults.dateSkew(skewMs), { on: 'metadata' });

  const { lines } = await visit(place);

  expect(of(lines, 'clock')[0]).toContain(says);
});

test('without discovery, the time is asked of the token endpoint, by no request for a token', async () => {
  using place = town({
    orders: { baseUrl, auth: townAuth({ issuerUrl: undefined, tokenUrl: 'https://id.internal/token' }) },
  });
  place.issuer.inject(faults.dateSkew(-60_000), { on: 'token', times: 1 });

  const { lines } = await visit(place);

  expect(of(lines, 'discovery')).toEqual(['– not needed: tokenUrl says where tokens come from']);
  expect(of(lines, 'clock')[0]).toContain('! this machine is 1 min ahead of the server');
  expect(place.issuer.requests.map(({ method }) => method)).toEqual(['HEAD', 'POST']);
});

test('a discovery that hangs costs ten seconds', async () => {
  using place = town();
  place.issuer.inject(faults.hang(), { on: 'metadata' });

  const visited = visit(place);
  await until(() => place.issuer.requests.length === 1);
  await place.clock.advance(10_000);

  expect(of((await visited).lines, 'discovery')[0]).toContain('✗ No metadata from https://id.internal');
});

test.each([
  [{ type: 'none' }, 401, '✗ HEAD / answered 401, without saying why → Say in auth'],
  [{ type: 'none' }, 404, '✓ HEAD / answered 404'],
  [{ type: 'api_key', keyRef: 'env:STOCK_KEY' }, 401, 'without saying why → Look at whether the key is still good'],
  [{ type: 'basic', username: 'u', passwordRef: 'env:STOCK_KEY' }, 403, 'Look at whether the password is still good'],
  [{ type: 'bearer', tokenRef: 'env:STOCK_KEY' }, 200, '✓ HEAD / answered 200, with the token'],
  [townAuth(), 403, '✗ HEAD / answered 403, without saying why → Have the client allowed what it needs'],
  [townAuth(), 429, '! HEAD / answered 429 → Wait'],
  [townAuth(), 503, '✗ HEAD / answered 503 → Ask those who run the API'],
  [townAuth(), 302, '✗ no answer: A redirect (302) from https://orders.internal was not followed'],
])('an API asked with %j that answers %d: %s', async (auth, status, says) => {
  using place = town({ orders: { baseUrl, auth } });
  place.api.inject(faults.status(status, { headers: { location: 'https://login.example/' } }));

  const { lines } = await visit(place);

  expect(of(lines, 'API')[0]).toContain(says);
});

test('an API without HEAD is asked with GET', async () => {
  using place = town();
  place.api.inject(faults.status(405), { times: 1 });

  const { exitCode, lines } = await visit(place);

  expect(exitCode).toBe(0);
  expect(of(lines, 'API')).toEqual(['✓ GET / answered 200, with the token']);
});

test.each([
  [{ type: 'api_key', keyRef: 'env:STOCK_KEY' }, 'planted-api-key'],
  [{ type: 'basic', username: 'u', passwordRef: 'env:STOCK_KEY' }, 'planted-api-key'],
  [{ type: 'basic', username: 'u', passwordRef: 'env:STOCK_KEY' }, Buffer.from('u:planted-api-key').toString('base64')],
])('an API that quotes what it refuses brings no credential into the report: %j', async (auth, quoted) => {
  using place = town({ orders: { baseUrl, auth } });
  place.api.inject(faults.status(401, { headers: { 'www-authenticate': `Key seen="${quoted}"` } }));

  const { lines } = await visit(place);

  expect(of(lines, 'API')[0]).toContain('Key seen="[REDACTED]"');
});

test('http beyond this machine is a warning, where the config allows it', async () => {
  using place = town({ orders: { baseUrl: 'http://orders.internal', insecureHttp: true, auth: { type: 'none' } } });

  const { lines } = await visit(place);

  expect(of(lines, 'TLS')[0]).toContain('! none: credentials travel in clear → Use https');
});

test('an environment in which no certificate is checked is a warning', async () => {
  using place = town();
  const terminal = place.terminal({ env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });

  const { exitCode, lines } = await visit(place, { terminal });

  expect(exitCode).toBe(0);
  expect(of(lines, 'environment')[0]).toContain('! NODE_TLS_REJECT_UNAUTHORIZED=0');
});

test('the report fits the terminal, and is not wrapped in a pipe', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth({ clientSecretRef: 'env:OLD_SECRET' }) } });
  const narrow = place.terminal({ tty: ['stdout'], columns: 60, env: { NO_COLOR: '1' } });

  const onTerminal = await visit(place, { terminal: narrow });
  const inPipe = await visit(place);

  expect(Math.max(...onTerminal.lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(of(inPipe.lines, 'token')[0]).toContain('clientAuthMethod; a rotated secret may not be everywhere yet');
});

test('what a server says cannot steer the terminal', async () => {
  using place = town();
  const methods = ['\u001b[2Jprivate_key_jwt\nnext'];
  place.issuer.inject(faults.member('token_endpoint_auth_methods_supported', methods), { on: 'metadata' });

  const { lines } = await visit(place);

  expect(lines.join('\n')).not.toContain('\u001b');
  expect(of(lines, 'client auth')[0]).toContain('the server takes \\u{1b}[2Jprivate_key_jwt next');
});

test('interrupted while a server lets it wait, it ends at once', async () => {
  using place = town();
  place.issuer.inject(faults.hang());
  const terminal = place.terminal();

  const visited = visit(place, { terminal });
  await until(() => place.issuer.counts.token === 1);
  terminal.interrupt();

  await expect(visited).rejects.toMatchObject({ name: 'AbortError' });
  expect(terminal.out()).toContain('✓ discovery');
});

test('no secret and no token is in what it prints', async () => {
  using place = town({
    orders: { baseUrl, auth: townAuth() },
    parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
    old: { baseUrl, auth: townAuth({ clientSecretRef: 'env:OLD_SECRET' }) },
  });

  for (const json of [false, true]) {
    const { terminal } = await visit(place, { options: { json } });

    const printed = terminal.out() + terminal.err();
    expect(printed).toContain('orders');
    expect(printed).not.toMatch(/planted|eyJ/);
    expect(printed).not.toContain(plantedSecret);
  }
});
