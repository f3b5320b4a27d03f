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
] as const)('conversion to %s removes oauth', (mode, fields) => {
  const spec = { source: { ...restPull, ...fields } };

  const pruned = pruneForMode(spec, mode);

  expect(pruned).toEqual({ source: { mode, ...fields } });
});

test('a bearer token stays for rest_push, and is removed for sql_pull', () => {
  const auth = { bearerTokenRef: 'env:TOKEN' };
  const spec = { source: { ...restPull, auth } };

  expect(pruneForMode(spec, 'rest_push')).toEqual({ source: { mode: 'rest_push', auth } });
  expect(pruneForMode(spec, 'sql_pull')).toEqual({ source: { mode: 'sql_pull' } });
});

test('an unknown field is kept, so that the schema reports it', () => {
  const spec = { source: { ...restPull, oaut: {} } };

  expect(pruneForMode(spec, 'sql_pull')).toEqual({ source: { mode: 'sql_pull', oaut: {} } });
});

test('does not change its arguments', () => {
  const spec = Object.freeze({ source: Object.freeze({ ...restPull }), owner: 'team-shop' });

  const pruned = pruneForMode(spec, 'sql_pull');

  expect([spec.source, pruned]).toEqual([restPull, { source: { mode: 'sql_pull' }, owner: 'team-shop' }]);
});

/** The required and the optional fields of each mode. */
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

/** Sources whose mode was changed several times: they have the required fields of all those modes, and more. */
const drafts = record({
  ...needed,
  optional,
  mode: constantFrom(...modes),
  visited: subarray([...modes]),
}).map(({ optional: more, mode, visited, ...fields }) => {
  const all = [...new Set([...visited, mode])].map((each) => fields[each]);
  return { mode, source: Object.assign({}, ...all, more, { mode: visited[0] ?? mode }) as Record<string, unknown> };
});

const validate = (source: unknown) =>
  connectorSchema.safeParse({ kind: 'Connector', metadata: { name: 'x' }, spec: { source } });

test('a source with the required fields of a mode is valid after conversion to that mode', () => {
  assert(
    property(drafts, ({ mode, source }) => {
      const pruned = pruneForMode({ source }, mode);

      expect(validate(pruned.source).error).toBeUndefined();
      expect(pruneForMode(pruned, mode)).toEqual(pruned);
    }),
  );
});

test('a rest_pull source keeps everything when its mode stays the same', () => {
  assert(
    property(needed.rest_pull, optional, (base, more) => {
      const spec = { source: { mode: 'rest_pull', ...base, ...more } };

      expect(pruneForMode(spec, 'rest_pull')).toEqual(spec);
    }),
  );
});
