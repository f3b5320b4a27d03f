import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatTranscript } from './test-servers.ts';
import { startLiveServers } from './live-servers.ts';

const ticks = 'subscription { ticks }';
const pages =
  'query ($after: String) { products(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';

test.each(['yoga', 'graphql-sse'] as const)('a subscription prints a line for each event: %s', async (server) => {
  await using servers = await startLiveServers({ server });

  const { code, stdout, stderr } = await servers.run(['api', 'catalog', ticks]);

  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe('{"ticks":"1.1"}\n{"ticks":"1.2"}\n');
});

test.each(['yoga', 'graphql-sse'] as const)(
  'a subscription goes on with a new token when the service ends the old one: %s',
  async (server) => {
    await using servers = await startLiveServers({
      server,
      onLast: (connection) => (connection === 3 ? undefined : new Promise(() => {})),
      onPrint(text, { endTokens }) {
        if (/[12]\.2/.test(text)) endTokens();
      },
    });

    const { code, stdout, stderr } = await servers.run(['api', 'catalog', ticks]);

    expect(code).toBe(0);
    expect(stdout.match(/\d\.\d/g)).toEqual(['1.1', '1.2', '2.1', '2.2', '3.1', '3.2']);
    expect(new Set(servers.seen.map(({ token }) => token)).size).toBe(3);
    expect(stderr.match(/subscribing again in \d+ ms, events in between are lost/g)).toHaveLength(2);
  },
);

test('--events ends a subscription that would go on', async () => {
  await using servers = await startLiveServers({ server: 'graphql-sse', onLast: () => new Promise(() => {}) });

  const { code, stdout } = await servers.run(['api', 'catalog', ticks, '--events', '2']);

  expect([code, stdout]).toEqual([0, '{"ticks":"1.1"}\n{"ticks":"1.2"}\n']);
});

test('ctrl-C ends a subscription', async () => {
  const interruption = new AbortController();
  await using servers = await startLiveServers({
    server: 'graphql-sse',
    async onLast() {
      interruption.abort();
      await new Promise(() => {});
    },
  });

  const { code, stderr } = await servers.run(['api', 'catalog', ticks], interruption.signal);

  expect([code, stderr]).toEqual([130, '✗ catalog: interrupted\n']);
});

test('a subscription that the service refuses shows its errors', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });

  const { code, stderr } = await servers.run(['api', 'catalog', 'subscription { tocks }']);

  expect(code).toBe(1);
  expect(stderr).toContain('Cannot query field "tocks"');
});

test('--paginate reads all pages of a connection, one request each', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });

  const { code, stdout, stderr } = await servers.run(['api', 'catalog', pages, '--paginate']);

  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.match(/p-\d/g)).toEqual(['p-1', 'p-2', 'p-3', 'p-4', 'p-5']);
  expect(servers.seen).toHaveLength(3);
});

test('--paginate finds the connection behind aliases and fragments, and starts at the cursor of the user', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });
  const query = `query Q($from: String) { all: products(after: $from) { ...page } }
    fragment page on ProductConnection { nodes { id } info: pageInfo { ...info } }
    fragment info on PageInfo { more: hasNextPage next: endCursor }`;

  const { code, stdout } = await servers.run(['api', 'catalog', query, '--paginate', '--var', 'from=after-2']);

  expect(code).toBe(0);
  expect(stdout.match(/p-\d/g)).toEqual(['p-3', 'p-4', 'p-5']);
});

test('--paginate ends when the service repeats a cursor', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });
  const query = 'query ($after: String) { stuck(after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';

  const { code, stderr } = await servers.run(['api', 'catalog', query, '--paginate']);

  expect(code).toBe(5);
  expect(stderr).toContain('gave the same endCursor twice');
  expect(servers.seen).toHaveLength(2);
});

const hash = createHash('sha256').update('{ product(id: "p-1") { name } }').digest('hex');

test('--persisted sends the query once, and afterwards its hash', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });
  const args = ['api', 'catalog', '{ product(id: "p-1") { name } }', '--persisted'];

  const first = await servers.run(args);
  const second = await servers.run(args);

  const bodies = servers.seen.map(({ body }) => JSON.parse(body));
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(second.stdout).toBe(first.stdout);
  expect(bodies.map(({ query = null }) => query)).toEqual([null, '{ product(id: "p-1") { name } }', null]);
  expect(bodies[0].extensions).toEqual({ persistedQuery: { version: 1, sha256Hash: hash } });
});

test('a service without persisted queries refuses the hash like any bad request', async () => {
  await using servers = await startLiveServers({ server: 'yoga', knowsHashes: false });

  const { code, stderr } = await servers.run(['api', 'catalog', '{ product(id: "p-1") { name } }', '--persisted']);

  expect(code).toBe(1);
  expect(stderr).toContain('query');
});

test('schema prints the schema of the service, and asks it once', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });

  const first = await servers.run(['schema', 'catalog']);
  const second = await servers.run(['schema', 'catalog']);
  const asked = servers.seen.length;
  const json = await servers.run(['schema', 'catalog', '--json', '--refresh']);

  expect([first.code, asked, servers.seen.length]).toEqual([0, 1, 2]);
  expect(first.stdout).toContain('products(first: Int = 2, after: String): ProductConnection!');
  expect(second.stdout).toBe(first.stdout);
  expect(JSON.parse(json.stdout)).toHaveProperty('__schema.types');
});

test.each(['', '{', '{"readAt":0,"introspection":{"__schema":{}}}', '{"readAt":1e99,"introspection":7}'])(
  'a cached schema that is damaged is read again: %j',
  async (text) => {
    await using servers = await startLiveServers({ server: 'yoga' });
    await servers.run(['schema', 'catalog']);
    const folder = join(servers.folder, 'cache', 'bearings-gql');
    const [file = ''] = await readdir(folder);
    await writeFile(join(folder, file), text);

    const { code, stdout } = await servers.run(['schema', 'catalog']);

    expect([code, servers.seen.length]).toEqual([0, 2]);
    expect(stdout).toContain('type Product');
  },
);

test('without a folder for caches each command asks the service', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });
  delete servers.env['XDG_CACHE_HOME'];

  await servers.run(['schema', 'catalog']);
  const { code } = await servers.run(['schema', 'catalog']);

  expect([code, servers.seen.length]).toEqual([0, 2]);
});

test('--check does not send a query that the schema does not allow', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });

  const good = await servers.run(['api', 'catalog', '{ product(id: "p-1") { name } }', '--check']);
  const bad = await servers.run(['api', 'catalog', '{ product(id: "p-1") { nam } }', '--check']);

  expect([good.code, bad.code, servers.seen.length]).toEqual([0, 2, 2]);
  expect(bad.stderr).toContain('Cannot query field "nam" on type "Product". Did you mean "name"? (query 1:24)');
});

test('the transcripts of a subscription, a paged query, a persisted query and a schema', async () => {
  await using servers = await startLiveServers({
    server: 'yoga',
    onLast: (connection) => (connection === 2 ? undefined : new Promise(() => {})),
    onPrint(text, { endTokens }) {
      if (text.includes('1.2')) endTokens();
    },
  });

  const shown: string[] = [];
  for (const args of [
    ['api', 'catalog', ticks],
    ['api', 'catalog', pages, '--paginate', '--var', 'after=after-2'],
    ['api', 'catalog', '{ product(id: "p-1") { nam } }', '--check'],
    ['schema', 'catalog'],
  ]) {
    shown.push(formatTranscript(args, await servers.run(args)));
  }

  await expect(shown.join('\n')).toMatchFileSnapshot('golden/live.txt');
  for (const word of ['! catalog: ', 'subscribing again in']) expect(shown[0]).toContain(word);
});

test('without a token schema fails as a query does', async () => {
  await using servers = await startLiveServers({ server: 'yoga' });
  servers.env['SHOP_SECRET'] = 'a wrong secret';

  const { code, stderr } = await servers.run(['schema', 'catalog']);

  expect([code, servers.seen]).toEqual([3, []]);
  expect(stderr).not.toContain('a wrong secret');
});
