import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatJsonResponse } from '../../../src/commands/call/json-response.ts';
import { run } from '../../../src/program.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import type { FakeTerminalOptions } from '../../fixtures/fake-terminal.ts';
import { startRealServers } from '../../fixtures/real-servers.ts';
import type { RealServers } from '../../fixtures/real-servers.ts';

let servers: RealServers;
beforeEach(async () => {
  servers = await startRealServers();
});
afterEach(() => servers[Symbol.asyncDispose]());

async function call(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env, ...options });
  const code = await run(['call', 'orders', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

test('JSON is indented on a terminal, in color, and unchanged in a pipe', async () => {
  const onTerminal = await call(['v1/orders/42'], { tty: ['stdout'] });
  const withoutColor = await call(['v1/orders/42', '--color', 'never'], { tty: ['stdout'] });
  const inPipe = await call(['v1/orders/42', '--color', 'always']);

  expect(onTerminal.out).toContain('\u001b[36m"id"');
  expect(withoutColor.out).toBe('{\n  "id": "42",\n  "total": 99.5\n}\n');
  expect(inPipe.out).toBe('{"id":"42","total":99.5}');
});

test('text on a terminal is not changed, and JSON in a file is not', async () => {
  const text = await call(['v1/echo', '-d', '{ "a": 1 }'], { tty: ['stdout'] });
  await call(['v1/orders/42', '-o', 'order.json'], { tty: ['stdout'] });

  expect(text.out).toBe('{ "a": 1 }\n');
  expect(await readFile(join(servers.folder, 'order.json'), 'utf8')).toBe('{"id":"42","total":99.5}');
});

test('--query adds parameters after those of the path, encoded, in their order', async () => {
  const { code } = await call(['v1/orders/7?page=1', '--query', 'q=a b&c=d', '--query', 'q=ü', '--query', 'empty=']);

  expect(code).toBe(0);
  expect(servers.api.seen[0]?.path).toBe('/v1/orders/7?page=1&q=a%20b%26c%3Dd&q=%C3%BC&empty=');
});

test.each([['page'], ['=7'], ['']])('--query %j is refused before anything is sent', async (query) => {
  const { code, err } = await call(['v1/orders/7', '--query', query]);

  expect({ code, sent: servers.provider.tokenRequests }).toEqual({ code: 2, sent: 0 });
  expect(err).toContain('--query needs name=value');
});

test('--json is status, headers and body as one document', async () => {
  const { code, out } = await call(['v1/orders/42', '--json']);

  expect(code).toBe(0);
  expect(out).toMatch(/^.*\n$/);
  expect(JSON.parse(out)).toMatchObject({
    status: 200,
    statusText: 'OK',
    headers: { 'content-type': 'application/json', 'set-cookie': '[REDACTED]' },
    encoding: 'json',
    body: { id: '42', total: 99.5 },
  });
});

test.for([
  ['a failure', 'v1/status/404', { status: 404, encoding: 'json', body: { error: 'status 404' } }, 4],
  ['text', 'v1/echo', { status: 200, encoding: 'text', body: 'a\u001b[2J' }, 0],
  ['no body', 'v1/echo', { status: 200, encoding: null, body: null }, 0],
] as const)('--json of %s', async ([name, path, document, exitCode]) => {
  const sent = new Map([
    ['text', 'a\u001b[2J'],
    ['no body', ''],
  ]).get(name);
  if (sent !== undefined) await servers.write('sent', sent);

  const { code, out } = await call([path, '--json', ...(sent === undefined ? [] : ['-d', '@sent'])]);

  expect(code).toBe(exitCode);
  expect(JSON.parse(out)).toMatchObject(document);
  expect(out).not.toContain('\u001b');
});

test('--json keeps the numbers of the body, and is indented on a terminal', async () => {
  const terminal = await call(['v1/orders/42', '--json'], { tty: ['stdout'] });

  expect(terminal.out).toContain('  "body": {\n    "id": "42",\n    "total": 99.5\n  }\n}\n');
});

test('--json holds the body in memory, so the default limit applies', async () => {
  const { code, err } = await call([`v1/long/${11 * 1024 * 1024}`, '--json']);

  expect(code).toBe(6);
  expect(err).toContain('BODY_TOO_LARGE');
});

test.each([
  [['--json', '-i'], "'--json' cannot be used with option '-i, --include'"],
  [['--json', '-o', 'x'], "'--json' cannot be used with option '-o, --output <file>'"],
  [['-F', 'a=b', '-d', 'c'], "'-F, --form <field>' cannot be used with option '-d, --data <data>'"],
])('%j is a usage error', async (args, message) => {
  const { code, err } = await call(['v1/orders/42', ...args]);

  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('-F sends a form with fields and files', async () => {
  await servers.write('in;voice.pdf', '%PDF');
  await servers.write('raw', 'x');

  const { code, out } = await call([
    'v1/echo',
    '-F',
    'note=a=b',
    '-F',
    'file=@in;voice.pdf',
    '-F',
    'other=@raw;type=text/x-raw;filename=shown.txt',
  ]);

  const { method, contentType = '' } = servers.api.seen[0] ?? {};
  const form = await new Response(out, { headers: { 'content-type': contentType } }).formData();
  const files = [form.get('file'), form.get('other')].map((each) =>
    each instanceof File ? [each.name, each.type] : each,
  );
  expect({ code, method, note: form.get('note') }).toEqual({ code: 0, method: 'POST', note: 'a=b' });
  expect(files).toEqual([
    ['in;voice.pdf', 'application/pdf'],
    ['shown.txt', 'text/x-raw'],
  ]);
});

test('a form is sent again with a new token after a 401', async () => {
  await servers.write('raw', 'content');
  servers.api.answerNext(401);

  const { code, out } = await call(['v1/echo', '-F', 'file=@raw']);

  expect({ code, attempts: servers.api.seen.length }).toEqual({ code: 0, attempts: 2 });
  expect(out).toContain('content');
});

test.each([
  [['-F', 'name'], '-F needs name=value or name=@file'],
  [['-F', 'file=@missing'], '-F @missing cannot be read (ENOENT)'],
  [['-F', 'file=@.'], '-F @. is not a file'],
  [['-F', 'file=@-'], '-F cannot read stdin'],
  [['-F', 'a=b', '-X', 'GET'], 'a GET request has no body: omit -F'],
  [['-F', 'a=b', '-H', 'content-type: text/plain'], '-H cannot set content-type with -F'],
  [
    ['--timeout', '30'],
    '--timeout needs a time with its unit, such as 500ms, 30s or 2m, or none (did you mean 30s or 30ms?)',
  ],
  [['--timeout', '0s'], '--timeout needs a time with its unit'],
  [['--timeout', '-1s'], '--timeout needs a time with its unit'],
  [['--timeout', '1000h'], '--timeout needs a time with its unit'],
  [['--retry', 'two'], '--retry needs a whole number from 0 on'],
  [['--retry', '1.5'], '--retry needs a whole number from 0 on'],
  [['--har', '.'], '--har . is a directory'],
  [['--har', 'missing/x.har'], '--har missing/x.har cannot be written (ENOENT)'],
])('%j is refused before anything is sent', async (args, message) => {
  const { code, err } = await call(['v1/orders/42', ...args]);

  expect({ code, sent: servers.provider.tokenRequests }).toEqual({ code: 2, sent: 0 });
  expect(err).toContain(message);
});

test('--retry replaces the number of retries of the config', async () => {
  servers.api.answerNext(503, 503);
  const without = await call(['v1/orders/42', '--retry', '0']);

  expect({ code: without.code, attempts: servers.api.seen.length }).toEqual({ code: 5, attempts: 1 });
});

test('--har has each request of the call, without a secret', async () => {
  servers.api.answerNext(401);
  const args = [
    'v1/echo?api_key=planted-query',
    '-d',
    '{"password":"planted-word","item":7}',
    '-H',
    'x-api-key: planted-key',
  ];

  const file = join(servers.folder, 'call.har');
  await writeFile(file, 'what others can read', { mode: 0o644 });

  const { code } = await call([...args, '--har', 'call.har']);

  const text = await readFile(file, 'utf8');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { log } = JSON.parse(text);
  expect(code).toBe(0);
  expect(log).toMatchObject({
    version: '1.2',
    creator: { name: 'bearings' },
    entries: [
      { response: { status: 401, content: { size: -1 } } },
      {
        startedDateTime: expect.stringMatching(/Z$/),
        request: {
          method: 'POST',
          url: `${servers.api.url}/v1/echo?api_key=…`,
          queryString: [{ name: 'api_key', value: '…' }],
          postData: { mimeType: 'application/json', text: '{"password":"[REDACTED]","item":7}' },
        },
        response: { status: 200, content: { size: 36, mimeType: 'text/plain' } },
        cache: {},
        timings: { send: 0 },
      },
    ],
  });
  expect(text).toContain('Bearer [REDACTED]');
  expect(text).not.toMatch(/planted|eyJ/);
  expect((await stat(join(servers.folder, 'call.har'))).mode & 0o777).toBe(0o600);
});

test('--har is written for a call that gets no answer', async () => {
  await servers.api.close();

  const { code } = await call(['v1/orders/42', '--retry', '0', '--har', 'call.har']);

  const { log } = JSON.parse(await readFile(join(servers.folder, 'call.har'), 'utf8'));
  expect(code).toBe(6);
  expect(log.entries).toMatchObject([{ response: { status: 0 }, comment: 'no response: TRANSPORT' }]);
});

test('--json of bytes that are no text is base64, and a byte order mark is no part of JSON', () => {
  const options = { secrets: [], indent: undefined };
  const json = new Response(null, { headers: { 'content-type': 'application/problem+json; charset=utf-8' } });

  const bytes = formatJsonResponse(new Response(), Uint8Array.of(0xff, 0, 0xfe), options);
  const marked = formatJsonResponse(json, Buffer.from('\ufeff{"n":1.0}'), options);

  expect(JSON.parse(bytes)).toMatchObject({ encoding: 'base64', body: '/wD+' });
  expect(marked).toMatch(/"encoding":"json","body":\{"n":1\.0\}\}$/);
});

test('an archive that cannot be written is a failure, not a mistake of the command line: the request was sent', async ({
  skip,
}) => {
  skip(!existsSync('/dev/full'), 'this machine has no /dev/full');

  const { code, out, err } = await call(['v1/orders/42', '--har', '/dev/full']);

  expect([code, out]).toEqual([1, '{"id":"42","total":99.5}']);
  expect(err).toContain('ENOSPC');
});
