import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { doctor } from '../../../src/commands/doctor/doctor.ts';
import type { DoctorOptions } from '../../../src/commands/doctor/doctor.ts';
import type { Probes } from '../../../src/commands/doctor/probes.ts';
import type { FakeTerminal } from '../../fixtures/fake-terminal.ts';
import { plantedSecret } from '../../fixtures/identity-provider.ts';
import { dayMs, createFakeServers, oauth2Auth, trustedHandshake } from '../../fixtures/fake-servers.ts';
import type { FakeServers } from '../../fixtures/fake-servers.ts';
import { until } from '../../fixtures/until.ts';

const baseUrl = 'https://orders.internal';

interface RunDoctorOptions {
  readonly options?: DoctorOptions;
  readonly probes?: Partial<Probes>;
  readonly terminal?: FakeTerminal;
}

/** Runs the doctor: the lines of its report, and the exit code. */
async function runDoctor(
  servers: FakeServers,
  { options = {}, probes = {}, terminal = servers.terminal() }: RunDoctorOptions = {},
) {
  const exitCode = await doctor(terminal, options, { ...servers.probes, ...probes });
  return { exitCode, lines: terminal.out().split('\n'), terminal };
}

/** The report's lines about a check, each with its remedy. */
const checkLines = (lines: readonly string[], check: string): string[] =>
  lines.flatMap((line, at) => {
    if (line.slice(4, 17).trimEnd() !== check) return [];
    const next = lines[at + 1]?.trim() ?? '';
    return [[line.slice(2, 3), line.slice(17), ...(next.startsWith('→') ? [next] : [])].join(' ')];
  });

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

test('the report shows each check, its cause and its remedy', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth({ scopes: ['orders.read', 'orders.admin'] }) },
  });
  servers.issuer.inject(faults.member('scope', 'orders.read'));
  const terminal = servers.terminal({ tty: ['stdout'], columns: 110, env: { NO_COLOR: '1' } });

  const { exitCode } = await runDoctor(servers, { terminal });

  expect(exitCode).toBe(1);
  await expect(terminal.out()).toMatchFileSnapshot('../../golden/doctor.txt');
});

test('checks skipped because of one failure share a line in each group', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth() },
    public: { baseUrl, auth: { type: 'none' } },
  });
  servers.api.inject(faults.status(404));
  const resolve: Probes['resolve'] = async (host) =>
    host === 'id.internal' ? Promise.reject(systemError('ENOTFOUND')) : ['10.0.0.4'];

  const { lines } = await runDoctor(servers, { probes: { resolve } });

  expect(checkLines(lines, 'not checked')).toEqual([
    '– TCP, TLS, discovery, client auth, clock, token, scopes: DNS failed',
    '– API: DNS failed',
  ]);
  expect(lines.at(-2)).toBe('1 failed, 9 ok, 8 skipped');
});

test('--json prints the documented fields', async () => {
  using servers = createFakeServers();
  const probes = { resolve: async () => Promise.reject(systemError('ENOTFOUND')) };

  const { exitCode, terminal } = await runDoctor(servers, { options: { json: true }, probes });

  const { ok, checks } = JSON.parse(terminal.out());
  expect(exitCode).toBe(1);
  expect(ok).toBe(false);
  expect(checks.slice(0, 4)).toEqual([
    {
      subject: 'Config bearings.yaml',
      check: 'config',
      verdict: 'ok',
      message: '1 client, 1 credential',
      remedy: null,
      durationMs: expect.any(Number),
    },
    {
      subject: 'Credential of orders: billing at https://id.internal',
      check: 'secret',
      verdict: 'ok',
      message: 'env:ORDERS_SECRET exists',
      remedy: null,
      durationMs: expect.any(Number),
    },
    {
      subject: 'Credential of orders: billing at https://id.internal',
      check: 'DNS',
      verdict: 'failed',
      message: 'id.internal is not known to DNS (ENOTFOUND)',
      remedy: expect.stringContaining('VPN'),
      durationMs: expect.any(Number),
    },
    {
      subject: 'Credential of orders: billing at https://id.internal',
      check: 'TCP',
      verdict: 'skipped',
      message: 'not checked: DNS failed',
      remedy: null,
      durationMs: expect.any(Number),
    },
  ]);
});

test('--json reports a secret that is missing, with exit code 1', async () => {
  using servers = createFakeServers({ orders: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:NOT_SET' }) } });

  const { exitCode, terminal } = await runDoctor(servers, { options: { json: true } });

  expect(exitCode).toBe(1);
  expect(JSON.parse(terminal.out())).toMatchObject({
    ok: false,
    checks: expect.arrayContaining([expect.objectContaining({ check: 'secret', verdict: 'failed' })]),
  });
});

test('a credential that two clients share is checked once, with one token request', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth() },
    stock: { baseUrl, auth: oauth2Auth() },
  });

  const { exitCode, lines } = await runDoctor(servers);

  expect(exitCode).toBe(0);
  expect(lines.filter((line) => line.startsWith('Credential'))).toEqual([
    'Credential of orders, stock: billing at https://id.internal',
  ]);
  expect(servers.issuer.counts).toMatchObject({ metadata: 1, token: 1 });
  expect(servers.api.counts.requests).toBe(2);
});

test('checks only the named clients and their credentials', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth() },
    stock: { baseUrl, auth: oauth2Auth({ scopes: ['stock'] }) },
  });

  const { lines } = await runDoctor(servers, { options: { clients: ['stock'] } });

  expect(lines.join('\n')).not.toContain('orders:');
  expect(servers.issuer.counts.token).toBe(1);
});

test('an unknown client name is an error that suggests the closest name, and nothing is sent', async () => {
  using servers = createFakeServers();

  await expect(runDoctor(servers, { options: { clients: ['ordres'] } })).rejects.toThrow(/did you mean orders\?/i);

  expect(servers.issuer.requests).toEqual([]);
});

test('without a token the API is not called', async () => {
  using servers = createFakeServers({ orders: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:OLD_SECRET' }) } });

  const { lines } = await runDoctor(servers);

  expect(checkLines(lines, 'not checked')).toEqual(['– scopes: token failed', '– API: token failed']);
  expect(servers.api.requests).toEqual([]);
});

test.each([
  [13, 0, '! TLSv1.3; the certificate of id.internal, issued by Internal CA 2, expires in 13 days → Renew'],
  [1, 0, '! TLSv1.3; the certificate of id.internal, issued by Internal CA 2, expires in a day → Renew'],
  [0.5, 0, '! TLSv1.3; the certificate of id.internal, issued by Internal CA 2, expires within a day → Renew'],
  [14, 0, '✓ TLSv1.3; the certificate of id.internal, issued by Internal CA 2, expires in 14 days'],
])('a certificate that expires in %d days, exit code %d: %s', async (days, expected, text) => {
  using servers = createFakeServers();
  const handshake: Probes['handshake'] = async ({ host }) =>
    trustedHandshake(host, servers.clock.now() + (host === 'id.internal' ? days : 80) * dayMs);

  const { exitCode, lines } = await runDoctor(servers, { probes: { handshake } });

  expect(exitCode).toBe(expected);
  expect(checkLines(lines, 'TLS')[0]).toContain(text);
});

test.each([
  ['CERT_HAS_EXPIRED', 'it expired on 2026-11-01 (CERT_HAS_EXPIRED) → Renew the certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is not for id.internal (ERR_TLS_CERT_ALTNAME_INVALID) → Use the name'],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'the server does not send the intermediate certificates (UNABLE_TO_VERIFY_LEAF_SIGNATURE) → Configure',
  ],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'this machine does not trust the root of its chain (SELF_SIGNED_CERT_IN_CHAIN) →'],
  ['CERT_CHAIN_TOO_LONG', 'its chain is not valid (CERT_CHAIN_TOO_LONG) → '],
])('an untrusted certificate, %s: %s', async (trustError, text) => {
  using servers = createFakeServers();
  const endsAt = Date.UTC(2026, 10, 1);
  const handshake: Probes['handshake'] = async ({ host }) => ({
    ...trustedHandshake(host, endsAt),
    trustError,
  });

  const { exitCode, lines } = await runDoctor(servers, { probes: { handshake } });

  expect(exitCode).toBe(1);
  expect(checkLines(lines, 'TLS')[0]).toContain(text);
  expect(servers.issuer.requests).toEqual([]);
});

test.each([
  [0, "✓ equal to the server's"],
  [10_000, "✓ this machine's clock is 11 s behind the server's"],
  [60_000, "! this machine's clock is 1 min 1 s behind the server's → Set the clock"],
  [-60_000, "! this machine's clock is 1 min ahead of the server's → Set the clock"],
  [-301_000, "✗ this machine's clock is 5 min 1 s ahead of the server's → Set the clock"],
])('a server whose clock is %d ms ahead: %s', async (skewMs, text) => {
  using servers = createFakeServers();
  servers.issuer.inject(faults.dateSkew(skewMs), { on: 'metadata' });

  const { lines } = await runDoctor(servers);

  expect(checkLines(lines, 'clock')[0]).toContain(text);
});

test('without discovery the clock is read from a HEAD to the token endpoint', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth({ issuerUrl: undefined, tokenUrl: 'https://id.internal/token' }) },
  });
  servers.issuer.inject(faults.dateSkew(-60_000), { on: 'token', times: 1 });

  const { lines } = await runDoctor(servers);

  expect(checkLines(lines, 'discovery')).toEqual(['– not needed: the config has tokenUrl']);
  expect(checkLines(lines, 'clock')[0]).toContain("! this machine's clock is 1 min ahead of the server's");
  expect(servers.issuer.requests.map(({ method }) => method)).toEqual(['HEAD', 'POST']);
});

test('a discovery that does not answer is given up after ten seconds', async () => {
  using servers = createFakeServers();
  servers.issuer.inject(faults.hang(), { on: 'metadata' });

  const visited = runDoctor(servers);
  await until(() => servers.issuer.requests.length === 1);
  await servers.clock.advance(10_000);

  expect(checkLines((await visited).lines, 'discovery')[0]).toContain('✗ No metadata from https://id.internal');
});

test.each([
  [{ type: 'none' }, 401, '✗ HEAD / answered 401, without a reason → Set auth'],
  [{ type: 'none' }, 404, '✓ HEAD / answered 404'],
  [
    oauth2Auth(),
    404,
    '! HEAD / answered 404, which does not show whether the token is accepted → Name a path that exists: --path',
  ],
  [{ type: 'api_key', keyRef: 'env:STOCK_KEY' }, 401, 'without a reason → Check that the key is still valid'],
  [{ type: 'basic', username: 'u', passwordRef: 'env:STOCK_KEY' }, 403, 'Check that the password is still valid'],
  [{ type: 'bearer', tokenRef: 'env:STOCK_KEY' }, 200, '✓ HEAD / answered 200, with the token'],
  [oauth2Auth(), 403, '✗ HEAD / answered 403, without a reason → Allow for the client'],
  [oauth2Auth(), 429, '! HEAD / answered 429 → Wait'],
  [oauth2Auth(), 503, '✗ HEAD / answered 503 → Ask the operator of the API'],
  [oauth2Auth(), 302, '✗ HEAD https://orders.internal/: the redirect (302) was not followed'],
])('an API that answers %j with %d: %s', async (auth, status, text) => {
  using servers = createFakeServers({ orders: { baseUrl, auth } });
  servers.api.inject(faults.status(status, { headers: { location: 'https://login.example/' } }));

  const { lines } = await runDoctor(servers);

  expect(checkLines(lines, 'API')[0]).toContain(text);
});

test('an API that does not support HEAD gets a GET', async () => {
  using servers = createFakeServers();
  servers.api.inject(faults.status(405), { times: 1 });

  const { exitCode, lines } = await runDoctor(servers);

  expect(exitCode).toBe(0);
  expect(checkLines(lines, 'API')).toEqual(['✓ GET / answered 200, with the token']);
});

test.each([
  [404, 200, '✓ GET /v1/orders/42 answered 200, with the token'],
  [405, 200, '✓ GET /v1/orders/42 answered 200, with the token'],
  [501, 200, '✓ GET /v1/orders/42 answered 200, with the token'],
  [404, 403, '✗ GET /v1/orders/42 answered 403, without a reason → Allow for the client'],
  [404, 404, '✗ GET /v1/orders/42 answered 404 → Correct the path, or baseUrl: there is nothing at this address'],
])('with --path, an API that answers HEAD with %d and GET with %d is judged by GET', async (head, get, text) => {
  using servers = createFakeServers();
  servers.api.inject(faults.status(head), { times: 1 });
  if (get !== 200) servers.api.inject(faults.status(get), { times: 1 });

  const { lines } = await runDoctor(servers, { options: { path: '/v1/orders/42' } });

  expect(checkLines(lines, 'API')[0]).toContain(text);
});

test.each([
  [{ type: 'api_key', keyRef: 'env:STOCK_KEY' }, 'planted-api-key'],
  [{ type: 'basic', username: 'u', passwordRef: 'env:STOCK_KEY' }, 'planted-api-key'],
  [{ type: 'basic', username: 'u', passwordRef: 'env:STOCK_KEY' }, Buffer.from('u:planted-api-key').toString('base64')],
])('a credential that the API quotes is redacted: %j', async (auth, quoted) => {
  using servers = createFakeServers({ orders: { baseUrl, auth } });
  servers.api.inject(faults.status(401, { headers: { 'www-authenticate': `Key seen="${quoted}"` } }));

  const { lines } = await runDoctor(servers);

  expect(checkLines(lines, 'API')[0]).toContain('Key seen="[REDACTED]"');
});

test('insecureHttp to another machine is a warning', async () => {
  using servers = createFakeServers({
    orders: { baseUrl: 'http://orders.internal', insecureHttp: true, auth: { type: 'none' } },
  });

  const { lines } = await runDoctor(servers);

  expect(checkLines(lines, 'TLS')[0]).toContain('! none: credentials are sent unencrypted → Use https');
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 is a warning', async () => {
  using servers = createFakeServers();
  const terminal = servers.terminal({ env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });

  const { exitCode, lines } = await runDoctor(servers, { terminal });

  expect(exitCode).toBe(0);
  expect(checkLines(lines, 'environment')[0]).toContain('! NODE_TLS_REJECT_UNAUTHORIZED=0');
});

test('the report is wrapped at the width of a terminal, and not wrapped in a pipe', async () => {
  using servers = createFakeServers({ orders: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:OLD_SECRET' }) } });
  const narrow = servers.terminal({ tty: ['stdout'], columns: 60, env: { NO_COLOR: '1' } });

  const onTerminal = await runDoctor(servers, { terminal: narrow });
  const inPipe = await runDoctor(servers);

  expect(Math.max(...onTerminal.lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(checkLines(inPipe.lines, 'token')[0]).toContain(
    'clientAuthMethod; a rotated secret may not be active everywhere yet',
  );
});

test('control characters from a server are escaped', async () => {
  using servers = createFakeServers();
  const methods = ['\u001b[2Jprivate_key_jwt\nnext'];
  servers.issuer.inject(faults.member('token_endpoint_auth_methods_supported', methods), { on: 'metadata' });

  const { lines } = await runDoctor(servers);

  expect(lines.join('\n')).not.toContain('\u001b');
  expect(checkLines(lines, 'client auth')[0]).toContain('the server supports \\u{1b}[2Jprivate_key_jwt next');
});

test('ctrl-C ends it at once while a server does not answer', async () => {
  using servers = createFakeServers();
  servers.issuer.inject(faults.hang());
  const terminal = servers.terminal();

  const visited = runDoctor(servers, { terminal });
  await until(() => servers.issuer.counts.token === 1);
  terminal.interrupt();

  await expect(visited).rejects.toMatchObject({ name: 'AbortError' });
  expect(terminal.out()).toContain('✓ discovery');
});

test('prints no secret and no token', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth() },
    parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
    old: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:OLD_SECRET' }) },
  });

  for (const json of [false, true]) {
    const { terminal } = await runDoctor(servers, { options: { json } });

    const printed = terminal.out() + terminal.err();
    expect(printed).toContain('orders');
    expect(printed).not.toMatch(/planted|eyJ/);
    expect(printed).not.toContain(plantedSecret);
  }
});

test('a path of the API is asked in place of the base URL, from the config or the command', async () => {
  using servers = createFakeServers({ orders: { baseUrl, auth: oauth2Auth(), doctor: { path: '/health' } } });

  const fromConfig = await runDoctor(servers);
  const fromCommand = await runDoctor(servers, { options: { path: 'v1/orders/42' } });
  servers.api.inject(faults.status(404));
  const missing = await runDoctor(servers);

  expect(checkLines(fromConfig.lines, 'API')[0]).toContain('HEAD /health answered');
  expect(checkLines(fromCommand.lines, 'API')[0]).toContain('HEAD /v1/orders/42 answered');
  expect(checkLines(missing.lines, 'API')[0]).toContain('✗ GET /health answered 404 → Correct the path, or baseUrl');
});

test('a check that takes longer than a second says how long it took', async () => {
  using servers = createFakeServers();
  const resolve = async (): Promise<readonly string[]> => {
    await servers.clock.advance(5_100);
    return ['127.0.0.1'];
  };

  const { lines } = await runDoctor(servers, { probes: { resolve } });

  expect(checkLines(lines, 'DNS')[0]).toContain('(took 5.1 s)');
});
