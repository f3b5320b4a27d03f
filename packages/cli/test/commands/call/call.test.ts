import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { createOutput } from '../../../src/terminal/terminal.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import type { FakeTerminalOptions } from '../../fixtures/fake-terminal.ts';
import { startRealServers, ordersConfig } from '../../fixtures/real-servers.ts';
import type { RealServers } from '../../fixtures/real-servers.ts';

let servers: RealServers;
beforeEach(async () => {
  servers = await startRealServers();
});
afterEach(() => servers[Symbol.asyncDispose]());

async function bearings(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env, ...options });
  const code = await run(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const call = (...args: readonly string[]) => bearings(['call', 'orders', ...args]);

test('calls the path with the token of the client, and prints the body unchanged', async () => {
  const outcome = await call('v1/orders/42');

  expect(outcome).toEqual({ code: 0, out: '{"id":"42","total":99.5}', err: '' });
  expect(servers.api.seen[0]).toMatchObject({ method: 'GET', path: '/v1/orders/42', tokenId: expect.any(String) });
});

test.each([
  ['{"item": 7}', 'application/json'],
  ['7', 'application/json'],
  ['status=open&page=2', 'application/x-www-form-urlencoded'],
  ['just words', 'text/plain;charset=UTF-8'],
  ['', 'text/plain;charset=UTF-8'],
])('-d %j is a POST of %s', async (data, contentType) => {
  const { out } = await call('v1/echo', '-d', data);

  expect(out).toBe(data);
  expect(servers.api.seen[0]).toMatchObject({ method: 'POST', contentType });
});

test('-X and -H replace the defaults', async () => {
  const { code } = await call('v1/echo', '-X', 'patch', '-d', '{}', '-H', 'content-type: text/x', '-H', 'x-trace: a:b');

  expect(code).toBe(0);
  expect(servers.api.seen[0]).toMatchObject({ method: 'PATCH', contentType: 'text/x', headers: { 'x-trace': 'a:b' } });
});

test.each([
  ['order.json', '{"item": 7}', 'application/json'],
  ['order.bin', '\u0000\u0001', 'application/octet-stream'],
])('-d @%s sends the file, with a content type guessed from its start', async (name, text, contentType) => {
  await servers.write(name, text);

  const { out } = await call('v1/echo', '-d', `@${name}`);

  expect(out).toBe(text);
  expect(servers.api.seen[0]).toMatchObject({ method: 'POST', contentType });
});

test('-d @- streams stdin', async () => {
  const pieces = ['[1', ',2', ']'].map((piece) => Buffer.from(piece));

  const { out } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], { input: Readable.from(pieces) });

  expect(out).toBe('[1,2]');
  expect(servers.api.seen[0]).toMatchObject({
    contentType: 'application/json',
    headers: { 'transfer-encoding': 'chunked' },
  });
});

test('a file is sent again with a new token after a 401', async () => {
  await servers.write('order.json', '{"item": 7}');
  servers.api.answerNext(401);

  const { code } = await call('v1/echo', '-d', '@order.json');

  expect(code).toBe(0);
  expect(servers.api.seen.map(({ body }) => body)).toEqual(['{"item": 7}', '{"item": 7}']);
  expect(new Set(servers.api.seen.map(({ tokenId }) => tokenId)).size).toBe(2);
});

test.each([
  [404, 4],
  [429, 4],
  [500, 5],
])('the body of a %d is printed, the status is on stderr, and the exit code is %d', async (status, code) => {
  servers.api.answerNext(status, status, status);

  const outcome = await call('v1/orders/42');

  expect(outcome).toMatchObject({ code, out: `{"error":"status ${status}"}` });
  expect(servers.normalize(outcome.err)).toMatch(
    new RegExp(`^bearings: https://orders\\.internal answered ${status} \\w`),
  );
});

test('-i prints status and headers first, without cookies', async () => {
  const { out } = await call('v1/orders/42', '-i');

  expect(out).toMatch(/^HTTP 200 OK\n(?:\S+: .+\n)+\n\{"id"/);
  expect(out).toContain('set-cookie: [REDACTED]\n');
});

test('-o writes the body of a 2xx to the file, and leaves the file unchanged otherwise', async () => {
  const first = await call('v1/orders/42', '-o', 'order.json');
  const second = await call('v1/nothing', '-o', 'order.json');

  expect(first).toEqual({ code: 0, out: '', err: '' });
  expect(second).toMatchObject({ code: 4, out: '{"error":"status 404"}' });
  expect(await readFile(join(servers.folder, 'order.json'), 'utf8')).toBe('{"id":"42","total":99.5}');
});

test.each([
  ['//evil.example/v1/orders', 'http://evil.example'],
  ['https://evil.example/', 'https://evil.example'],
  ['/\\evil.example', 'http://evil.example'],
  ['\t//evil.example', 'http://evil.example'],
  ['file:///etc/passwd', 'file:'],
])('the path %j has another origin: no request is sent, not even for a token', async (path, target) => {
  const { code, err } = await call(path);

  expect(code).toBe(2);
  expect(err).toContain(`the path leads to ${target}, but this client calls only ${servers.api.url}; nothing was sent`);
  expect(servers.api.seen).toEqual([]);
  expect(servers.provider.discoveryRequests).toBe(0);
});

test.each([
  [['-H', 'authorization: Bearer x'], /-H cannot set authorization: the config sets this client's credential/],
  [['-H', 'no colon'], /-H needs 'name: value'/],
  [['-H', 'x: a\nb'], /-H "x" has a name or value that HTTP does not allow/],
  [['-d', '@nothing.json'], /-d @nothing\.json cannot be read \(ENOENT\)/],
  [['-d', '@.'], /-d @\. is a directory/],
  [['-o', 'no/such/folder'], /-o no\/such\/folder cannot be written \(ENOENT\)/],
  [['-o', '.'], /-o \. is a directory/],
  [['-X', 'GET', '-d', 'x'], /a GET request has no body/],
  [['-X', 'CONNECT'], /-X needs a method/],
  [['--nonsense'], /unknown option '--nonsense'/],
])('%j is rejected before anything is sent', async (flags, message) => {
  const { code, err } = await call('v1/echo', ...flags);

  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(servers.api.seen).toEqual([]);
  expect(servers.provider.discoveryRequests).toBe(0);
});

test('a misspelled client or command gets a suggestion', async () => {
  const client = await bearings(['call', 'ordrs', 'v1/orders/42']);
  const command = await bearings(['cal', 'orders', 'v1/orders/42']);

  expect(client).toEqual({ code: 2, out: '', err: 'bearings: the config has no client ordrs: did you mean orders?\n' });
  expect(command).toEqual({ code: 2, out: '', err: "bearings: unknown command 'cal'\n(Did you mean call?)\n" });
});

test('a missing secret is reported with the name of its variable', async () => {
  const { code, out, err } = await bearings(['call', 'orders', 'v1/orders/42'], { env: {} });

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toBe(
    'bearings: bearings.yaml has a problem\n' +
      '  bearings.yaml:8:7  clients.orders.auth.clientSecretRef names the environment variable ORDERS_SECRET, ' +
      'which is not set: set it, or correct the name\n',
  );
});

test('without a config the message says where it was searched', async () => {
  const { code, err } = await bearings(['call', 'orders', 'x'], { cwd: '/dev' });

  expect(code).toBe(2);
  expect(err).toBe(
    'bearings: no config found: /dev has no bearings.yaml, bearings.yml, bearings.json\n' +
      '  name a file with --config FILE or BEARINGS_CONFIG, or create one: bearings init\n',
  );
});

test('--config takes precedence over BEARINGS_CONFIG', async () => {
  await servers.write(
    'other.yaml',
    ordersConfig({ issuerUrl: servers.provider.issuerUrl, apiUrl: `${servers.api.url}/v1/` }),
  );
  const env = { ...servers.env, BEARINGS_CONFIG: join(servers.folder, 'nowhere.yaml') };

  const named = await bearings(['--config', 'other.yaml', 'call', 'orders', 'orders/7'], { env });
  const fromEnv = await bearings(['call', 'orders', 'orders/7'], { env });

  expect(named.out).toBe('{"id":"7","total":99.5}');
  expect(fromEnv).toMatchObject({ code: 2, err: expect.stringContaining('nowhere.yaml') });
});

test('exits with 3 without a token, and with 6 when the API cannot be reached', async () => {
  const refused = await bearings(['call', 'orders', 'x'], { env: { ORDERS_SECRET: 'wrong' } });
  await servers.api.close();
  const unreachable = await call('v1/orders/42', '-X', 'POST');

  expect(refused.code).toBe(3);
  expect(refused.err).toMatch(/answered 401: invalid_client .*Check clientId/);
  expect(unreachable.code).toBe(6);
  expect(servers.normalize(unreachable.err)).toMatch(
    /^bearings: POST https:\/\/orders\.internal\/v1\/orders\/\{id\}: no answer: .+\(TRANSPORT\)\n {2}bearings doctor orders tells more\n$/,
  );
});

test('ctrl-C ends a call with exit code 130', async () => {
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env });
  const interruptingFetch: typeof fetch = (input, init) => {
    terminal.interrupt();
    return fetch(input, init);
  };

  const code = await run(['call', 'orders', 'v1/orders/42'], { ...terminal, fetch: interruptingFetch });

  expect(code).toBe(130);
  expect(terminal.err()).toBe('');
});

test('a body larger than the default limit is streamed without changes', async () => {
  const bytes = 24 * 1024 * 1024; // the client's default limit is 10 MiB
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env });
  const hash = createHash('sha256');
  let [count, mostWaiting] = [0, 0];
  const slow = new Writable({
    highWaterMark: 16 * 1024,
    write(piece: Buffer, _encoding, done) {
      hash.update(piece);
      count += piece.length;
      mostWaiting = Math.max(mostWaiting, slow.writableLength);
      setImmediate(done);
    },
  });

  const code = await run(['call', 'orders', `v1/long/${bytes}`], { ...terminal, stdout: createOutput(slow, {}) });

  expect({ code, count }).toEqual({ code: 0, count: bytes });
  expect(hash.digest('hex')).toBe(createHash('sha256').update(Buffer.alloc(bytes, 'x')).digest('hex'));
  expect(mostWaiting).toBeLessThan(1024 * 1024);
});

test('a maxResponseBytes in the config applies', async () => {
  const limited = ordersConfig(
    { issuerUrl: servers.provider.issuerUrl, apiUrl: servers.api.url },
    '    maxResponseBytes: 1000\n',
  );
  await writeFile(join(servers.folder, 'bearings.yaml'), limited);

  const { code, err } = await call('v1/long/2000');

  expect(code).toBe(6);
  expect(err).toContain('larger than 1000 bytes (BODY_TOO_LARGE)');
});

test('progress is shown on a terminal only while a long body goes to a file or a pipe', async () => {
  const long = ['call', 'orders', `v1/long/${2 * 1024 * 1024}`];

  const piped = await bearings(long, { tty: ['stderr'] });
  const toFile = await bearings([...long, '-o', 'long.bin'], { tty: ['stdout', 'stderr'] });
  const [toTerminal, withoutTerminal, short] = [
    await bearings(long, { tty: ['stdout', 'stderr'] }),
    await bearings(long),
    await bearings(['call', 'orders', 'v1/long/2000'], { tty: ['stderr'] }),
  ];

  expect(piped.err).toMatch(/^\r[\d.]+ \w+ of 2\.0 MiB \(\d+ %\)/);
  expect(piped.err.endsWith('\r\u001b[K')).toBe(true);
  expect(toFile.err).toMatch(/of 2\.0 MiB/);
  expect([toTerminal.err, withoutTerminal.err, short.err]).toEqual(['', '', '']);
});

test('on a terminal a line break follows the body', async () => {
  const { out } = await bearings(['call', 'orders', 'v1/echo', '-d', 'text'], { tty: ['stdout'] });

  expect(out).toBe('text\n');
});

test.each([
  ['bearer', 'tokenRef: env:KEY', { authorization: 'Bearer a-static-key' }],
  ['basic', 'username: me, passwordRef: env:KEY', { authorization: `Basic ${btoa('me:a-static-key')}` }],
  ['api_key', 'keyRef: env:KEY', { 'x-api-key': 'a-static-key' }],
])('sends a static credential: %s', async (type, fields, headers) => {
  const config = `clients:\n  stock: { baseUrl: ${servers.api.url}, auth: { type: ${type}, ${fields} } }\n`;
  await writeFile(join(servers.folder, 'bearings.yaml'), config);
  servers.api.answerNext(200);

  const { code } = await bearings(['call', 'stock', 'v1/orders/1'], { env: { KEY: 'a-static-key' } });

  expect(code).toBe(0);
  expect(servers.api.seen[0]?.headers).toMatchObject(headers);
});
