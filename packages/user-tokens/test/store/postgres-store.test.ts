import { postgresStore, UserTokens } from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { createUsers } from '../create-users.ts';
import { postgres } from '../../../../test/services.ts';
import { createSchema } from './create-schema.ts';

test('a query function that throws everything it was given shows nothing of it', async () => {
  const query = async (text: string, values?: unknown[]): Promise<never> => {
    throw new Error(`Failed query: ${text} ${JSON.stringify(values)}`);
  };
  const store = postgresStore({ query });

  await expect(store.find({ tenant: '', user: 'alice_CANARY', connection: 'mail' })).rejects.toThrow(
    /^PostgreSQL did not run a statement$/,
  );
});

test.each([
  ['nothing', {}, 'query must be a function, not undefined'],
  ['a pool', { pool: {} }, 'postgresStore has no option pool'],
])('%s in the place of a query function is refused', (_, options, message) => {
  expect(() => postgresStore(options as unknown as Parameters<typeof postgresStore>[0])).toThrow(message);
});

test.skipIf(!postgres.isThere)('no secret is in the tables of PostgreSQL', async () => {
  const { pool, drop } = await createSchema();
  const store = postgresStore({ query: (text, values) => pool.query(text, values) });
  const { users, connect } = await createUsers({ store });
  await connect({ lifetimeMs: -1 });

  const token = await users.for({ user: 'alice', connection: 'mail' }).get();
  const { rows } = await pool.query(
    'SELECT bearings_grants::text AS line, encode(sealed, $1) AS bytes FROM bearings_grants',
    ['escape'],
  );
  await users.close();
  await drop();

  expect(token.isOk()).toBe(true);
  expect(JSON.stringify(rows)).toContain('alice');
  expect(JSON.stringify(rows)).not.toContain('CANARY');
});

test('a database that is not there is an error of create', async () => {
  const query = async (): Promise<never> => {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  };

  const created = await UserTokens.create({
    store: postgresStore({ query }),
    keys: { current: 'k1', keys: { k1: new Uint8Array(32) } },
    connections: {},
    redirectUri: 'https://app.test/oauth',
    identify: () => undefined,
  });

  expect(created.isErr() && created.error).toMatchObject({ code: 'STORE', reason: 'unavailable' });
  expect(created.isErr() && created.error.message).toContain('ECONNREFUSED');
});
