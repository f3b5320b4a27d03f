import { array, assert, constant, constantFrom, property, record, string, subarray } from 'fast-check';
import { expect, test } from 'vitest';
import { connectorSchema } from '../src/connector-schema.ts';
import { pruneForMode } from '../src/prune-for-mode.ts';

const modes = ['rest_pull', 'rest_push', 'sql_pull'] as const;

const oauth = { grantType: 'client_credentials', tokenUrl: 'https://id.internal/token', clientId: 'connector' };
const resources = [{ name: 'orders', path: 'v1/orders', paging: { type: 'link' } }];
const restPull = { mode: 'rest_pull', url: 'https://shop.internal', oauth, resources };

test.each([
  ['rest_push', { path: '/in' }],
  ['sql_pull', { connectionRef: 'env:DB', query: 'select 1' }],
] as const)('a source that becomes %s has no oauth any more', (mode, fields) => {
  const spec = { source: { ...restPull, ...fields } };

  const pruned = pruneForMode(spec, mode);

  expect(pruned).toEqual({ source: { mode, ...fields } });
});

test('a bearer token stays where senders have to show one, and goes where there are none', () => {
  const auth = { bearerTokenRef: 'env:TOKEN' };
  const spec = { source: { ...restPull, auth } };

  expect(pruneForMode(spec, 'rest_push')).toEqual({ source: { mode: 'rest_push', auth } });
  expect(pruneForMode(spec, 'sql_pull')).toEqual({ source: { mode: 'sql_pull' } });
});

test('a mistake is not pruned: a person should be told of it', () => {
  const spec = { source: { ...restPull, oaut: {} } };

  expect(pruneForMode(spec, 'sql_pull')).toEqual({ source: { mode: 'sql_pull', oaut: {} } });
});

test('what is given is not changed', () => {
  const spec = Object.freeze({ source: Object.freeze({ ...restPull }), owner: 'team-shop' });

  const pruned = pruneForMode(spec, 'sql_pull');

  expect([spec.source, pruned]).toEqual([restPull, { source: { mode: 'sql_pull' }, owner: 'team-shop' }]);
});

/** What each mode needs, and what it may have besides. */
const needed = {
  rest_pull: record({ url: constant('https://shop.internal'), resources: constant(resources) }),
  rest_push: record({ path: string().map((path) => `/${path}`) }),
  sql_pull: record({ connectionRef: constant('env:DB'), query: string({ minLength: 1 }) }),
};
const optional = record(
  {
    oauth: record({ ...mapConstants(oauth), scopes: array(constantFrom('a', 'b')) }),
    auth: constant({ bearerTokenRef: 'file:/run/secrets/token' }),
    headers: constant({ 'X-Tenant': 'north' }),
    timeoutMs: constantFrom(1, 30_000),
    retryLimit: constantFrom(0, 9),
  },
  { requiredKeys: [] },
);

function mapConstants<T extends object>(values: T): { [K in keyof T]: ReturnType<typeof constant<T[K]>> } {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, constant(value)])) as never;
}

/** A source whose mode was changed any number of times: it has what each of those modes needs, and more. */
const worked = record({
  ...needed,
  optional,
  mode: constantFrom(...modes),
  visited: subarray([...modes]),
}).map(({ optional: more, mode, visited, ...fields }) => {
  const all = [...new Set([...visited, mode])].map((each) => fields[each]);
  return { mode, source: Object.assign({}, ...all, more, { mode: visited[0] ?? mode }) as Record<string, unknown> };
});

const judged = (source: unknown) =>
  connectorSchema.safeParse({ kind: 'Connector', metadata: { name: 'x' }, spec: { source } });

test('whatever modes a source has been through, pruned for a mode that it has the fields of it is right', () => {
  assert(
    property(worked, ({ mode, source }) => {
      const pruned = pruneForMode({ source }, mode);

      expect(judged(pruned.source).error).toBeUndefined();
      expect(pruneForMode(pruned, mode)).toEqual(pruned);
    }),
  );
});

test('a source that pulls keeps everything when it goes on pulling', () => {
  assert(
    property(needed.rest_pull, optional, (base, more) => {
      const spec = { source: { mode: 'rest_pull', ...base, ...more } };

      expect(pruneForMode(spec, 'rest_pull')).toEqual(spec);
    }),
  );
});
