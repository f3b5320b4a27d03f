import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresStore } from '@bearings/user-tokens';
import type { GrantStore } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { describe, expect, test } from 'vitest';
import { postgres } from '../../../../test/services.ts';
import { createSchema } from './create-schema.ts';
import { grant } from './rows.ts';

interface Database extends AsyncDisposable {
  readonly open: () => GrantStore;
  readonly run: (statement: string) => Promise<unknown>;
  readonly version: () => Promise<number>;
}

async function createSqlite(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  const path = join(folder, 'grants.db');
  const stores: GrantStore[] = [];
  const use = <T>(action: (database: DatabaseSync) => T): T => {
    const database = new DatabaseSync(path);
    try {
      return action(database);
    } finally {
      database.close();
    }
  };
  return {
    open: () => {
      const store = sqliteStore({ path });
      stores.push(store);
      return store;
    },
    run: async (statement) => use((database) => database.exec(statement)),
    version: async () =>
      use((database) => Number(database.prepare('SELECT max(version) AS v FROM bearings_schema').get()?.['v'])),
    [Symbol.asyncDispose]: async () => {
      for (const store of stores) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function createPostgres(): Promise<Database> {
  const { pool, drop } = await createSchema();
  return {
    open: () => postgresStore({ query: (text, values) => pool.query(text, values) }),
    run: (statement) => pool.query(statement),
    version: async () => Number((await pool.query('SELECT max(version) AS v FROM bearings_schema')).rows[0]?.v),
    [Symbol.asyncDispose]: drop,
  };
}

const databases = [
  { kind: 'SQLite', isThere: true, create: createSqlite },
  { kind: 'PostgreSQL', isThere: postgres.isThere, create: createPostgres },
];

describe.each(databases)('$kind', ({ isThere, create }) => {
  test.skipIf(!isThere)('an empty database gets the tables, and opening it again changes nothing', async () => {
    await using database = await create();
    const store = database.open();
    await store.open();
    await store.insert(grant({ id: 'g1' }));

    const again = database.open();
    await again.open();

    expect([(await again.get('g1'))?.user, await database.version()]).toEqual(['alice', 2]);
  });

  test.skipIf(!isThere)('many processes that open an empty database at once create the tables once', async () => {
    await using database = await create();

    await Promise.all(Array.from({ length: 8 }, async () => database.open().open()));

    expect(await database.version()).toBe(2);
  });

  test.skipIf(!isThere)('a database of the previous version is brought up to date, with its rows', async () => {
    await using database = await create();
    const first = database.open();
    await first.open();
    await first.insert(grant({ id: 'g1' }));
    await database.run('DROP TABLE bearings_flows');
    await database.run('DELETE FROM bearings_schema WHERE version = 2');

    const store = database.open();
    await store.open();

    expect([(await store.get('g1'))?.user, await store.getFlow('none'), await database.version()]).toEqual([
      'alice',
      undefined,
      2,
    ]);
  });

  test.skipIf(!isThere)('a database of a newer version is refused, and nothing is written', async () => {
    await using database = await create();
    await database.open().open();
    await database.run('INSERT INTO bearings_schema (version) VALUES (99)');

    const opened = database.open().open();

    await expect(opened).rejects.toMatchObject({ code: 'STORE', reason: 'newer_schema', retryable: false });
    await expect(opened).rejects.toThrow('Update the package; nothing was changed');
    expect(await database.version()).toBe(99);
  });
});
