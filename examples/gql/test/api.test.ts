import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { config, createTestServers } from './test-servers.ts';

const golden = (name: string): string => `golden/${name}.txt`;
const product = '{ product(id: "p-1") { name price } }';
const rename = 'mutation { rename(id: "p-1", name: "A sun") { name } }';

test('prints data to stdout, and nothing else', async () => {
  await using servers = await createTestServers();

  const outcome = await servers.run(['api', 'catalog', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('query'));
  expect([servers.issuer.counts.granted, servers.api.counts.requests]).toEqual([1, 1]);
});

test('the request follows GraphQL over HTTP, and accepts the GraphQL media type', async () => {
  await using servers = await createTestServers();

  await servers.run(['api', 'catalog', product]);

  const [request] = servers.api.requests;
  expect([request?.header('accept'), request?.header('content-type')]).toEqual([
    'application/graphql-response+json, application/json;q=0.9',
    'application/json',
  ]);
  expect(JSON.parse(request?.text() ?? '')).toEqual({ query: product, variables: {} });
});

test.each(['@query.graphql', '-'])('reads the query from %s', async (query) => {
  await using servers = await createTestServers();
  await servers.write('query.graphql', `\uFEFF${product}\n`);

  const { code, stdout } = await servers.run(['api', 'catalog', query], { input: product });

  expect([code, JSON.parse(stdout)]).toEqual([0, { product: { name: 'A lamp', price: 4900 } }]);
});

test('executes the named operation of several', async () => {
  await using servers = await createTestServers();
  const document = 'query One { product(id: "p-1") { name } } query Two { product(id: "p-2") { name } }';

  const { stdout } = await servers.run(['api', 'catalog', document, '--operation', 'Two']);

  expect(JSON.parse(stdout)).toEqual({ product: { name: 'A chair' } });
});

test('a variable is sent as JSON if it is JSON, otherwise as text; numbers are sent unchanged', async () => {
  await using servers = await createTestServers();
  const names = ['text', 'number', 'large', 'truth', 'quoted', 'nothing', 'empty', 'group', 'signs'];
  const query = `query (${names.map((name) => `$${name}: Any`).join(', ')}) { product(id: "p-1") { name } }`;
  const values = ['a b', '42', '9007199254740993', 'true', '"42"', 'null', '', '{"deep":[1.10]}', 'a=b'];
  const pairs = names.flatMap((name, index) => ['--var', `${name}=${values[index]}`]);

  await servers.run(['api', 'catalog', query, ...pairs]);

  expect(servers.api.requests[0]?.text()).toContain(
    '"variables":{"text":"a b","number":42,"large":9007199254740993,"truth":true,"quoted":"42","nothing":null,' +
      '"empty":"","group":{"deep":[1.10]},"signs":"a=b"}',
  );
});

test('sends variables of a file and of the command line together', async () => {
  await using servers = await createTestServers();
  await servers.write('vars.json', '{"id": "p-2"}');
  const query = 'query ($id: ID!, $first: Int) { product(id: $id) { name } products(first: $first) { id } }';

  const { stdout } = await servers.run(['api', 'catalog', query, '--vars', '@vars.json', '--var', 'first=1']);

  expect(JSON.parse(stdout)).toEqual({ product: { name: 'A chair' }, products: [{ id: 'p-1' }] });
});

test('a variable comes from a file or the environment, as JSON if it is JSON, otherwise as text', async () => {
  await using servers = await createTestServers();
  const names = ['text', 'json', 'variable', 'number'];
  const query = `query (${names.map((name) => `$${name}: Any`).join(', ')}) { product(id: "p-1") { name } }`;
  await servers.write('note.txt', 'two\nlines\n');
  await servers.write('filter.json', '{"ids": [9007199254740993]}\n');
  Object.assign(servers.env, { NOTE: 'a=b', COUNT: '1.10' });

  await servers.run([
    'api',
    'catalog',
    query,
    '--var-file=text=note.txt',
    '--var-file=json=filter.json',
    '--var-env=variable=NOTE',
    '--var-env=number=COUNT',
  ]);

  const sent = servers.api.requests[0]?.text() ?? '';
  expect(JSON.parse(sent).variables).toMatchObject({ text: 'two\nlines\n', variable: 'a=b' });
  expect(sent).toContain('"json":{"ids":[9007199254740993]}');
  expect(sent).toContain('"number":1.10');
});

test('numbers of the response are printed unchanged, and control characters are escaped', async () => {
  await using servers = await createTestServers();
  const text = '{"data":{"id":9007199254740993,"price":1.10,"name":"\u009b2J"}}';
  servers.replaceApi(() => new Response(text, { headers: { 'content-type': 'application/json' } }));

  const { stdout } = await servers.run(['api', 'open', '{ id }']);

  expect(stdout).toBe('{\n  "id": 9007199254740993,\n  "price": 1.10,\n  "name": "\\u009b2J"\n}\n');
});

test('prints GraphQL errors to stderr, and partial data to stdout', async () => {
  await using servers = await createTestServers();

  const outcome = await servers.run(['api', 'catalog', '{ products { name price } }']);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('partial-data'));
});

test('a query that the service rejects with 400 is a GraphQL error', async () => {
  await using servers = await createTestServers();

  const outcome = await servers.run(['api', 'catalog', '{ produkt(id: "p-1") { name }\n  prices }']);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('refused-query'));
});

test('a 400 without the GraphQL media type is an HTTP error, with its body', async () => {
  await using servers = await createTestServers();
  servers.replaceApi(() => Response.json({ errors: [{ message: 'the gateway is confused' }] }, { status: 400 }));

  const outcome = await servers.run(['api', 'open', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('http-400'));
});

test('a query is retried after a 503, and the error shows the number of attempts', async () => {
  await using servers = await createTestServers();
  servers.api.inject(faults.status(503, { headers: { 'content-type': 'text/plain' }, body: 'down for maintenance' }));

  const outcome = await servers.run(['api', 'catalog', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('http-503'));
  expect(servers.api.counts.requests).toBe(3);
});

test.each([
  ['a 503', faults.status(503), 5, 1],
  ['no connection', faults.unreachable(), 6, 3],
  ['a 429', faults.status(429), 4, 3],
])('a mutation is sent again only when it was not executed: %s', async (_, fault, ...[code, requests]) => {
  await using servers = await createTestServers();
  servers.api.inject(fault);

  const outcome = await servers.run(['api', 'catalog', rename]);

  expect([outcome.code, servers.api.counts.requests]).toEqual([code, requests]);
});

test('for a mutation without a response the message says that it may have been executed', async () => {
  await using servers = await createTestServers();
  servers.replaceApi(() => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) });
  });

  const outcome = await servers.run(['api', 'open', rename]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('no-answer'));
});

test('a revoked token is replaced, and the mutation is executed once', async () => {
  await using servers = await createTestServers();
  servers.api.inject(faults.status(401, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }), {
    times: 1,
  });

  const { code, stdout } = await servers.run(['api', 'catalog', rename]);

  expect([code, JSON.parse(stdout)]).toEqual([0, { rename: { name: 'A sun' } }]);
  expect([servers.issuer.counts.granted, servers.api.counts.requests]).toEqual([2, 2]);
});

test('a credential that is rejected twice is an auth error, with the challenge', async () => {
  await using servers = await createTestServers();
  const challenge = 'Bearer realm="catalog", error="invalid_token", error_description="for someone else"';
  servers.api.inject(faults.status(401, { headers: { 'www-authenticate': challenge } }));

  const outcome = await servers.run(['api', 'catalog', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('auth-401'));
});

test('a 403 is an auth error, with the errors of the GraphQL response', async () => {
  await using servers = await createTestServers();
  const errors = [{ message: 'Only for buyers', extensions: { code: 'FORBIDDEN' } }];
  const headers = { 'content-type': 'application/graphql-response+json; charset=utf-8' };
  servers.replaceApi(() => Response.json({ errors }, { status: 403, headers }));

  const outcome = await servers.run(['api', 'catalog', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('auth-403'));
});

test('a missing scope is an auth error that names the scope', async () => {
  await using servers = await createTestServers();
  await servers.write('gql.yaml', config.replace('scopes: [catalog.read]', 'scopes: []'));

  const outcome = await servers.run(['api', 'catalog', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('auth-scope'));
});

test('without a token nothing is sent to the service, and the authorization server is quoted', async () => {
  await using servers = await createTestServers();

  const outcome = await servers.run(['api', 'stranger', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('no-token'));
  expect(servers.api.counts.requests).toBe(0);
});

test('ctrl-C during a token request does not report a sent mutation', async () => {
  await using servers = await createTestServers();
  const user = new AbortController();
  servers.issuer.inject({
    name: 'ctrl-C',
    needsConnection: false,
    before: () => user.abort(),
    change: (answer) => answer,
  });

  const { code, stderr } = await servers.run(['api', 'catalog', rename], { signal: user.signal });

  expect([code, stderr, servers.api.counts.requests]).toEqual([130, '✗ catalog: interrupted\n', 0]);
});

test('ctrl-C while the query is read sends nothing', async () => {
  await using servers = await createTestServers();
  const user = new AbortController();
  const input = async (): Promise<string> => {
    user.abort();
    throw new Error('stdin was closed');
  };

  const { code, stderr } = await servers.run(['api', 'catalog', '-'], { input, signal: user.signal });

  expect([code, stderr, servers.sent]).toEqual([130, '✗ Interrupted\n', []]);
});

test('a 401 without a configured credential says that one is required', async () => {
  await using servers = await createTestServers();

  const outcome = await servers.run(['api', 'open', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('auth-none'));
});

test('a service that cannot be reached is a network error', async () => {
  await using servers = await createTestServers();
  servers.api.inject(faults.unreachable());

  const outcome = await servers.run(['api', 'catalog', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('unreachable'));
});

test('a body that is not a GraphQL response is described', async () => {
  await using servers = await createTestServers();
  const answers = [
    new Response('<h1>Sign in</h1>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    Response.json({ hello: 'world' }),
    Response.json([1]),
    Response.json({ errors: [] }),
    new Response(),
  ];
  servers.replaceApi(() => answers.shift() ?? Response.error());

  const transcripts = [];
  while (answers.length > 0) transcripts.push((await servers.run(['api', 'open', product])).transcript);

  await expect(transcripts.join('\n')).toMatchFileSnapshot(golden('no-graphql'));
});

test.each([
  [{ data: null, errors: [{ message: 'broken' }] }, 'null\n', 1],
  [{ data: { a: 1 }, errors: [] }, '{\n  "a": 1\n}\n', 0],
  [{ data: { a: 1 }, errors: null }, '{\n  "a": 1\n}\n', 0],
  [{ errors: [{ message: 42, path: 'no path', locations: {}, extensions: null }] }, '', 1],
])('tolerates an unusual response: %j', async (answer, stdout, code) => {
  await using servers = await createTestServers();
  servers.replaceApi(() => Response.json(answer));

  const outcome = await servers.run(['api', 'open', product]);

  expect([outcome.stdout, outcome.code]).toEqual([stdout, code]);
});

test('a redirect to another origin is not followed', async () => {
  await using servers = await createTestServers();
  servers.replaceApi(() => new Response(null, { status: 307, headers: { location: 'https://evil.test/graphql' } }));

  const { code, stderr } = await servers.run(['api', 'catalog', product]);

  expect([code, stderr]).toEqual([6, expect.stringContaining('(REDIRECT_BLOCKED)')]);
  expect(servers.sent.map(({ url }) => new URL(url).origin)).not.toContain('https://evil.test');
});

test('-v shows token events, attempts, responses and pauses', async () => {
  await using servers = await createTestServers();
  servers.api.inject(faults.status(401, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }), {
    times: 1,
  });
  servers.api.inject(faults.status(503), { times: 1 });

  const outcome = await servers.run(['api', 'catalog', product, '-v']);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('verbose'));
});

test('ctrl-C reports that a sent mutation may have been executed', async () => {
  await using servers = await createTestServers();
  const user = new AbortController();
  servers.replaceApi(() => {
    user.abort();
    return new Promise(() => {});
  });

  const outcome = await servers.run(['api', 'open', rename], { signal: user.signal });

  await expect(outcome.transcript).toMatchFileSnapshot(golden('interrupted'));
});
