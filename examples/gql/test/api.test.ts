import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { config, openWorld } from './world.ts';

const golden = (name: string): string => `golden/${name}.txt`;
const product = '{ product(id: "p-1") { name price } }';
const rename = 'mutation { rename(id: "p-1", name: "A sun") { name } }';

test('data goes to stdout, and nothing else anywhere', async () => {
  await using world = await openWorld();

  const ended = await world.run(['api', 'catalog', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('query'));
  expect([world.issuer.counts.granted, world.api.counts.requests]).toEqual([1, 1]);
});

test('a request is what GraphQL over HTTP says, and asks for the type that says what it is', async () => {
  await using world = await openWorld();

  await world.run(['api', 'catalog', product]);

  const [request] = world.api.requests;
  expect([request?.header('accept'), request?.header('content-type')]).toEqual([
    'application/graphql-response+json, application/json;q=0.9',
    'application/json',
  ]);
  expect(JSON.parse(request?.text() ?? '')).toEqual({ query: product, variables: {} });
});

test.each(['@query.graphql', '-'])('the query is read from where %s says', async (query) => {
  await using world = await openWorld();
  await world.write('query.graphql', `\uFEFF${product}\n`);

  const { code, stdout } = await world.run(['api', 'catalog', query], { input: product });

  expect([code, JSON.parse(stdout)]).toEqual([0, { product: { name: 'A lamp', price: 4900 } }]);
});

test('of several operations the one that is named is carried out', async () => {
  await using world = await openWorld();
  const document = 'query One { product(id: "p-1") { name } } query Two { product(id: "p-2") { name } }';

  const { stdout } = await world.run(['api', 'catalog', document, '--operation', 'Two']);

  expect(JSON.parse(stdout)).toEqual({ product: { name: 'A chair' } });
});

test('a variable is JSON where it can be, and text otherwise; numbers are sent as they were written', async () => {
  await using world = await openWorld();
  const names = ['text', 'number', 'large', 'truth', 'quoted', 'nothing', 'empty', 'group', 'signs'];
  const query = `query (${names.map((name) => `$${name}: Any`).join(', ')}) { product(id: "p-1") { name } }`;
  const values = ['a b', '42', '9007199254740993', 'true', '"42"', 'null', '', '{"deep":[1.10]}', 'a=b'];
  const pairs = names.flatMap((name, index) => ['--var', `${name}=${values[index]}`]);

  await world.run(['api', 'catalog', query, ...pairs]);

  expect(world.api.requests[0]?.text()).toContain(
    '"variables":{"text":"a b","number":42,"large":9007199254740993,"truth":true,"quoted":"42","nothing":null,' +
      '"empty":"","group":{"deep":[1.10]},"signs":"a=b"}',
  );
});

test('variables of a file and of the command line are sent together', async () => {
  await using world = await openWorld();
  await world.write('vars.json', '{"id": "p-2"}');
  const query = 'query ($id: ID!, $first: Int) { product(id: $id) { name } products(first: $first) { id } }';

  const { stdout } = await world.run(['api', 'catalog', query, '--vars', '@vars.json', '--var', 'first=1']);

  expect(JSON.parse(stdout)).toEqual({ product: { name: 'A chair' }, products: [{ id: 'p-1' }] });
});

test('numbers of the answer come as they were sent, and nothing in it moves a terminal', async () => {
  await using world = await openWorld();
  const text = '{"data":{"id":9007199254740993,"price":1.10,"name":"\u009b2J"}}';
  world.replaceApi(() => new Response(text, { headers: { 'content-type': 'application/json' } }));

  const { stdout } = await world.run(['api', 'open', '{ id }']);

  expect(stdout).toBe('{\n  "id": 9007199254740993,\n  "price": 1.10,\n  "name": "\\u009b2J"\n}\n');
});

test('GraphQL errors are told on stderr, and partial data is on stdout all the same', async () => {
  await using world = await openWorld();

  const ended = await world.run(['api', 'catalog', '{ products { name price } }']);

  await expect(ended.transcript).toMatchFileSnapshot(golden('partial-data'));
});

test('a query that the service refuses is a GraphQL error, although the status is 400', async () => {
  await using world = await openWorld();

  const ended = await world.run(['api', 'catalog', '{ produkt(id: "p-1") { name }\n  prices }']);

  await expect(ended.transcript).toMatchFileSnapshot(golden('refused-query'));
});

test('a 400 that does not say it is GraphQL is an HTTP error, with what it says', async () => {
  await using world = await openWorld();
  world.replaceApi(() => Response.json({ errors: [{ message: 'the gateway is confused' }] }, { status: 400 }));

  const ended = await world.run(['api', 'open', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('http-400'));
});

test('a query is sent again after a 503, and the error tells how often it was tried', async () => {
  await using world = await openWorld();
  world.api.inject(faults.status(503, { headers: { 'content-type': 'text/plain' }, body: 'gone for lunch' }));

  const ended = await world.run(['api', 'catalog', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('http-503'));
  expect(world.api.counts.requests).toBe(3);
});

test.each([
  ['a 503', faults.status(503), 5, 1],
  ['no connection', faults.unreachable(), 6, 1],
  ['a 429, which is before it', faults.status(429), 4, 3],
])('a mutation is sent again only when it was not looked at: %s', async (_, fault, ...[code, requests]) => {
  await using world = await openWorld();
  world.api.inject(fault);

  const ended = await world.run(['api', 'catalog', rename]);

  expect([ended.code, world.api.counts.requests]).toEqual([code, requests]);
});

test('a mutation without an answer is told of as one whose fate is not known', async () => {
  await using world = await openWorld();
  world.replaceApi(() => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) });
  });

  const ended = await world.run(['api', 'open', rename]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('no-answer'));
});

test('a token that was revoked is replaced, and the mutation carried out once', async () => {
  await using world = await openWorld();
  world.api.inject(faults.status(401, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }), {
    times: 1,
  });

  const { code, stdout } = await world.run(['api', 'catalog', rename]);

  expect([code, JSON.parse(stdout)]).toEqual([0, { rename: { name: 'A sun' } }]);
  expect([world.issuer.counts.granted, world.api.counts.requests]).toEqual([2, 2]);
});

test('a credential that is turned away twice is an auth error, with the challenge', async () => {
  await using world = await openWorld();
  const challenge = 'Bearer realm="catalog", error="invalid_token", error_description="for someone else"';
  world.api.inject(faults.status(401, { headers: { 'www-authenticate': challenge } }));

  const ended = await world.run(['api', 'catalog', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('auth-401'));
});

test('a 403 is an auth error too, with the errors of a GraphQL answer', async () => {
  await using world = await openWorld();
  const errors = [{ message: 'Only for buyers', extensions: { code: 'FORBIDDEN' } }];
  const headers = { 'content-type': 'application/graphql-response+json; charset=utf-8' };
  world.replaceApi(() => Response.json({ errors }, { status: 403, headers }));

  const ended = await world.run(['api', 'catalog', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('auth-403'));
});

test('a token without the scope that the service wants is an auth error, and the scope is told', async () => {
  await using world = await openWorld();
  await world.write('gql.yaml', config.replace('scopes: [catalog.read]', 'scopes: []'));

  const ended = await world.run(['api', 'catalog', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('auth-scope'));
});

test('without a token nothing goes to the service, and the server of tokens is quoted', async () => {
  await using world = await openWorld();

  const ended = await world.run(['api', 'stranger', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('no-token'));
  expect(world.api.counts.requests).toBe(0);
});

test('who interrupts while a token is waited for knows that the mutation was not sent', async () => {
  await using world = await openWorld();
  const user = new AbortController();
  world.issuer.inject({
    name: 'the user leaves',
    needsConnection: false,
    before: () => user.abort(),
    change: (answer) => answer,
  });

  const { code, stderr } = await world.run(['api', 'catalog', rename], { signal: user.signal });

  expect([code, stderr, world.api.counts.requests]).toEqual([130, '✗ catalog: interrupted\n', 0]);
});

test('who interrupts while a query is typed has sent nothing', async () => {
  await using world = await openWorld();
  const user = new AbortController();
  const input = async (): Promise<string> => {
    user.abort();
    throw new Error('stdin was closed');
  };

  const { code, stderr } = await world.run(['api', 'catalog', '-'], { input, signal: user.signal });

  expect([code, stderr, world.sent]).toEqual([130, '✗ Interrupted\n', []]);
});

test('a service that wants a credential says so to an endpoint that has none', async () => {
  await using world = await openWorld();

  const ended = await world.run(['api', 'open', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('auth-none'));
});

test('a service that cannot be reached is an affair of the network', async () => {
  await using world = await openWorld();
  world.api.inject(faults.unreachable());

  const ended = await world.run(['api', 'catalog', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('unreachable'));
});

test('an answer that is none of GraphQL is told so, by what it is', async () => {
  await using world = await openWorld();
  const answers = [
    new Response('<h1>Sign in</h1>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    Response.json({ hello: 'world' }),
    Response.json([1]),
    Response.json({ errors: [] }),
    new Response(),
  ];
  world.replaceApi(() => answers.shift() ?? Response.error());

  const transcripts = [];
  while (answers.length > 0) transcripts.push((await world.run(['api', 'open', product])).transcript);

  await expect(transcripts.join('\n')).toMatchFileSnapshot(golden('no-graphql'));
});

test.each([
  [{ data: null, errors: [{ message: 'broken' }] }, 'null\n', 1],
  [{ data: { a: 1 }, errors: [] }, '{\n  "a": 1\n}\n', 0],
  [{ data: { a: 1 }, errors: null }, '{\n  "a": 1\n}\n', 0],
  [{ errors: [{ message: 42, path: 'no path', locations: {}, extensions: null }] }, '', 1],
])('what is odd in an answer is put up with: %j', async (answer, stdout, code) => {
  await using world = await openWorld();
  world.replaceApi(() => Response.json(answer));

  const ended = await world.run(['api', 'open', product]);

  expect([ended.stdout, ended.code]).toEqual([stdout, code]);
});

test('a redirect to another origin is not followed', async () => {
  await using world = await openWorld();
  world.replaceApi(() => new Response(null, { status: 307, headers: { location: 'https://evil.test/graphql' } }));

  const { code, stderr } = await world.run(['api', 'catalog', product]);

  expect([code, stderr]).toEqual([6, expect.stringContaining('(REDIRECT_BLOCKED)')]);
  expect(world.sent.map(({ url }) => new URL(url).origin)).not.toContain('https://evil.test');
});

test('with -v the way of a request is told: token, attempts, answers and waits', async () => {
  await using world = await openWorld();
  world.api.inject(faults.status(401, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }), {
    times: 1,
  });
  world.api.inject(faults.status(503), { times: 1 });

  const ended = await world.run(['api', 'catalog', product, '-v']);

  await expect(ended.transcript).toMatchFileSnapshot(golden('verbose'));
});

test('who interrupts is told that a mutation may have been carried out', async () => {
  await using world = await openWorld();
  const user = new AbortController();
  world.replaceApi(() => {
    user.abort();
    return new Promise(() => {});
  });

  const ended = await world.run(['api', 'open', rename], { signal: user.signal });

  await expect(ended.transcript).toMatchFileSnapshot(golden('interrupted'));
});
