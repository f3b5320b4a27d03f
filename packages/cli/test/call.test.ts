import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { outputOn } from '../src/terminal/terminal.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import type { FakeTerminalOptions } from './fixtures/fake-terminal.ts';
import { openWorkplace, ordersConfig } from './fixtures/workplace.ts';
import type { Workplace } from './fixtures/workplace.ts';

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace();
});
afterEach(() => place[Symbol.asyncDispose]());

async function bearings(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal({ cwd: place.folder, env: place.env, ...options });
  const code = await run(args, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const call = (...args: readonly string[]) => bearings(['call', 'orders', ...args]);

test('a path is called with the token of the client, and the body comes to stdout as it is', async () => {
  const outcome = await call('v1/orders/42');

  expect(outcome).toEqual({ code: 0, out: '{"id":"42","total":99.5}', err: '' });
  expect(place.api.seen[0]).toMatchObject({ method: 'GET', path: '/v1/orders/42', tokenId: expect.any(String) });
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
  expect(place.api.seen[0]).toMatchObject({ method: 'POST', contentType });
});

test('-X and -H say what is sent instead', async () => {
  const { code } = await call('v1/echo', '-X', 'patch', '-d', '{}', '-H', 'content-type: text/x', '-H', 'x-trace: a:b');

  expect(code).toBe(0);
  expect(place.api.seen[0]).toMatchObject({ method: 'PATCH', contentType: 'text/x', headers: { 'x-trace': 'a:b' } });
});

test.each([
  ['order.json', '{"item": 7}', 'application/json'],
  ['order.bin', '\u0000\u0001', 'application/octet-stream'],
])('-d @%s sends the file, by what it begins with', async (name, text, contentType) => {
  await place.write(name, text);

  const { out } = await call('v1/echo', '-d', `@${name}`);

  expect(out).toBe(text);
  expect(place.api.seen[0]).toMatchObject({ method: 'POST', contentType });
});

test('-d @- sends stdin as it comes', async () => {
  const pieces = ['[1', ',2', ']'].map((piece) => Buffer.from(piece));

  const { out } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], { input: Readable.from(pieces) });

  expect(out).toBe('[1,2]');
  expect(place.api.seen[0]).toMatchObject({
    contentType: 'application/json',
    headers: { 'transfer-encoding': 'chunked' },
  });
});

test('a file is sent again after a 401, which has rotated the token', async () => {
  await place.write('order.json', '{"item": 7}');
  place.api.answerNext(401);

  const { code } = await call('v1/echo', '-d', '@order.json');

  expect(code).toBe(0);
  expect(place.api.seen.map(({ body }) => body)).toEqual(['{"item": 7}', '{"item": 7}']);
  expect(new Set(place.api.seen.map(({ tokenId }) => tokenId)).size).toBe(2);
});

test.each([
  [404, 4],
  [429, 4],
  [500, 5],
])('an answer of %d is printed all the same, is named on stderr, and makes exit code %d', async (status, code) => {
  place.api.answerNext(status, status, status);

  const outcome = await call('v1/orders/42');

  expect(outcome).toMatchObject({ code, out: `{"error":"status ${status}"}` });
  expect(place.steady(outcome.err)).toMatch(new RegExp(`^bearings: https://orders\\.internal answered ${status} \\w`));
});

test('-i prints the head first, without cookies', async () => {
  const { out } = await call('v1/orders/42', '-i');

  expect(out).toMatch(/^HTTP 200 OK\n(?:\S+: .+\n)+\n\{"id"/);
  expect(out).toContain('set-cookie: [REDACTED]\n');
});

test('-o puts the body of a 2xx into a file, and leaves the file alone otherwise', async () => {
  const first = await call('v1/orders/42', '-o', 'order.json');
  const second = await call('v1/nothing', '-o', 'order.json');

  expect(first).toEqual({ code: 0, out: '', err: '' });
  expect(second).toMatchObject({ code: 4, out: '{"error":"status 404"}' });
  expect(await readFile(join(place.folder, 'order.json'), 'utf8')).toBe('{"id":"42","total":99.5}');
});

test.each([
  ['//evil.example/v1/orders', 'http://evil.example'],
  ['https://evil.example/', 'https://evil.example'],
  ['/\\evil.example', 'http://evil.example'],
  ['\t//evil.example', 'http://evil.example'],
  ['file:///etc/passwd', 'file:'],
])('the path %j leads elsewhere: nothing is sent, not even for a token', async (path, there) => {
  const { code, err } = await call(path);

  expect(code).toBe(2);
  expect(err).toContain(`the path leads to ${there}, and the client is for ${place.api.url} only; nothing was sent`);
  expect(place.api.seen).toEqual([]);
  expect(place.provider.discoveryRequests).toBe(0);
});

test.each([
  [['-H', 'authorization: Bearer x'], /-H cannot set authorization: this client's credential is in the config/],
  [['-H', 'no colon'], /-H takes 'name: value'/],
  [['-H', 'x: a\nb'], /-H "x" has a name or a value that HTTP does not allow/],
  [['-d', '@nothing.json'], /-d @nothing\.json cannot be read \(ENOENT\)/],
  [['-d', '@.'], /-d @\. is a directory/],
  [['-o', 'no/such/folder'], /-o no\/such\/folder cannot be written \(ENOENT\)/],
  [['-o', '.'], /-o \. is a directory/],
  [['-X', 'GET', '-d', 'x'], /GET has no body/],
  [['-X', 'CONNECT'], /-X takes a method/],
  [['--nonsense'], /unknown option '--nonsense'/],
])('%j is refused before anything is sent', async (flags, message) => {
  const { code, err } = await call('v1/echo', ...flags);

  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(place.api.seen).toEqual([]);
  expect(place.provider.discoveryRequests).toBe(0);
});

test('a name that is nearly right is answered with the right one', async () => {
  const client = await bearings(['call', 'ordrs', 'v1/orders/42']);
  const command = await bearings(['cal', 'orders', 'v1/orders/42']);

  expect(client).toEqual({ code: 2, out: '', err: 'bearings: the config has no client ordrs: did you mean orders?\n' });
  expect(command).toEqual({ code: 2, out: '', err: "bearings: unknown command 'cal'\n(Did you mean call?)\n" });
});

test('a secret that is not there is named by its variable, and nothing else is printed', async () => {
  const { code, out, err } = await bearings(['call', 'orders', 'v1/orders/42'], { env: {} });

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toBe(
    'bearings: bearings.yaml has a problem\n' +
      '  bearings.yaml:8:7  clients.orders.auth.clientSecretRef names the environment variable ORDERS_SECRET, ' +
      'which is not set: set it, or correct the name\n',
  );
});

test('without a config it says where it has looked', async () => {
  const { code, err } = await bearings(['call', 'orders', 'x'], { cwd: '/dev' });

  expect(code).toBe(2);
  expect(err).toBe(
    'bearings: there is no config: no bearings.yaml, bearings.yml, bearings.json in /dev\n' +
      '  name one by --config FILE or BEARINGS_CONFIG, or write one: bearings init\n',
  );
});

test('the config is the one that is named, then that of the environment', async () => {
  await place.write(
    'other.yaml',
    ordersConfig({ issuerUrl: place.provider.issuerUrl, apiUrl: `${place.api.url}/v1/` }),
  );
  const env = { ...place.env, BEARINGS_CONFIG: join(place.folder, 'nowhere.yaml') };

  const named = await bearings(['--config', 'other.yaml', 'call', 'orders', 'orders/7'], { env });
  const fromEnv = await bearings(['call', 'orders', 'orders/7'], { env });

  expect(named.out).toBe('{"id":"7","total":99.5}');
  expect(fromEnv).toMatchObject({ code: 2, err: expect.stringContaining('nowhere.yaml') });
});

test('a server that gives no token makes exit code 3, and one that cannot be reached 6', async () => {
  const refused = await bearings(['call', 'orders', 'x'], { env: { ORDERS_SECRET: 'wrong' } });
  await place.api.close();
  const unreachable = await call('v1/orders/42', '-X', 'POST');

  expect(refused.code).toBe(3);
  expect(refused.err).toMatch(/answered 401: invalid_client .*Check clientId/);
  expect(unreachable.code).toBe(6);
  expect(place.steady(unreachable.err)).toMatch(
    /^bearings: No answer from https:\/\/orders\.internal: .+\(TRANSPORT\)\n$/,
  );
});

test('ctrl-C ends a call with 130', async () => {
  const terminal = fakeTerminal({ cwd: place.folder, env: place.env });
  const stalled: typeof fetch = (input, init) => {
    terminal.interrupt();
    return fetch(input, init);
  };

  const code = await run(['call', 'orders', 'v1/orders/42'], { ...terminal, fetch: stalled });

  expect(code).toBe(130);
  expect(terminal.err()).toBe('');
});

test('a body longer than any memory should hold goes through, byte for byte', async () => {
  const bytes = 24 * 1024 * 1024; // the client's default limit is 10 MiB
  const terminal = fakeTerminal({ cwd: place.folder, env: place.env });
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

  const code = await run(['call', 'orders', `v1/long/${bytes}`], { ...terminal, stdout: outputOn(slow, {}) });

  expect({ code, count }).toEqual({ code: 0, count: bytes });
  expect(hash.digest('hex')).toBe(createHash('sha256').update(Buffer.alloc(bytes, 'x')).digest('hex'));
  expect(mostWaiting).toBeLessThan(1024 * 1024);
});

test('a limit that the config sets holds', async () => {
  const limited = ordersConfig(
    { issuerUrl: place.provider.issuerUrl, apiUrl: place.api.url },
    '    maxResponseBytes: 1000\n',
  );
  await writeFile(join(place.folder, 'bearings.yaml'), limited);

  const { code, err } = await call('v1/long/2000');

  expect(code).toBe(6);
  expect(err).toContain('larger than 1000 bytes (BODY_TOO_LARGE)');
});

test('progress shows on a terminal when a long body goes elsewhere, and never otherwise', async () => {
  const long = ['call', 'orders', `v1/long/${2 * 1024 * 1024}`];

  const watched = await bearings(long, { tty: ['stderr'] });
  const inFile = await bearings([...long, '-o', 'long.bin'], { tty: ['stdout', 'stderr'] });
  const [onScreen, inPipe, short] = [
    await bearings(long, { tty: ['stdout', 'stderr'] }),
    await bearings(long),
    await bearings(['call', 'orders', 'v1/long/2000'], { tty: ['stderr'] }),
  ];

  expect(watched.err).toMatch(/^\r[\d.]+ \w+ of 2\.0 MiB \(\d+ %\)/);
  expect(watched.err.endsWith('\r\u001b[K')).toBe(true);
  expect(inFile.err).toMatch(/of 2\.0 MiB/);
  expect([onScreen.err, inPipe.err, short.err]).toEqual(['', '', '']);
});

test('on a screen the prompt comes on a line of its own', async () => {
  const { out } = await bearings(['call', 'orders', 'v1/orders/42'], { tty: ['stdout'] });

  expect(out).toBe('{"id":"42","total":99.5}\n');
});

test.each([
  ['bearer', 'tokenRef: env:KEY', { authorization: 'Bearer a-static-key' }],
  ['basic', 'username: me, passwordRef: env:KEY', { authorization: `Basic ${btoa('me:a-static-key')}` }],
  ['api_key', 'keyRef: env:KEY', { 'x-api-key': 'a-static-key' }],
])('a static credential is sent too: %s', async (type, fields, headers) => {
  const config = `clients:\n  stock: { baseUrl: ${place.api.url}, auth: { type: ${type}, ${fields} } }\n`;
  await writeFile(join(place.folder, 'bearings.yaml'), config);
  place.api.answerNext(200);

  const { code } = await bearings(['call', 'stock', 'v1/orders/1'], { env: { KEY: 'a-static-key' } });

  expect(code).toBe(0);
  expect(place.api.seen[0]?.headers).toMatchObject(headers);
});
