import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresStore } from '@bearings/user-tokens';
import { Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { postgres } from '../../../../test/services.ts';
import { createUsers } from '../create-users.ts';
import { breakableConnection } from '../store/breakable-connection.ts';
import { createSchema } from '../store/create-schema.ts';
import { whileTimePasses } from '../while-time-passes.ts';

const canLimitFiles = spawnSync('prlimit', ['--version']).status === 0;

test.skipIf(!canLimitFiles)(
  'a disk that is full after a rotation: calls go on, and the pair is stored when there is space',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(import.meta.dirname, 'full-disk.ts');

    const { stdout, stderr } = spawnSync('node', ['--no-warnings', file, join(folder, 'grants.db')], {
      encoding: 'utf8',
      timeout: 60_000,
    });

    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      first: 'at_CANARY_alice_2',
      later: 'at_CANARY_alice_2',
      whileFull: { refreshes: 1, version: 1, events: ['persist-failed'] },
      refreshes: 1,
      events: ['persist-failed', 'persisted'],
    });
  },
);

test.skipIf(!postgres.isThere)(
  'a PostgreSQL that is gone after a rotation: calls go on, and the pair is stored when it is back',
  async () => {
    const { schema, drop, pool: direct } = await createSchema();
    const connection = await breakableConnection(postgres.url);
    const pool = new Pool({ connectionString: connection.url, options: `-c search_path=${schema}`, max: 4 });
    pool.on('error', () => {}); // idle connections break too
    const { users, provider, connect, clock, events } = await createUsers({
      store: postgresStore({ query: (text, values) => pool.query(text, values) }),
    });
    const { id } = await connect({ lifetimeMs: -1 });
    provider.afterIssue = connection.close;
    const token = users.for({ user: 'alice', connection: 'mail' });
    const version = async (): Promise<unknown> =>
      (await direct.query('SELECT version FROM bearings_grants WHERE id = $1', [id])).rows[0]?.version;

    const first = await whileTimePasses(token.get(), clock);
    const later = await whileTimePasses(token.get(), clock);
    const meanwhile = Number(await version());
    await connection.open();
    while (Number(await version()) !== 2)
      await whileTimePasses(new Promise((resolve) => setTimeout(resolve, 20)), clock);

    expect([first, later].map((each) => each.unwrap().secret.expose())).toEqual([
      'at_CANARY_alice_2',
      'at_CANARY_alice_2',
    ]);
    expect(meanwhile).toBe(1);
    expect(provider.refreshes).toEqual(['rt_CANARY_alice_1']);
    await expect.poll(() => events.map(({ type }) => type)).toEqual(['persist-failed', 'persisted']);
    await users.close();
    connection.close();
    await pool.end();
    await drop();
  },
);
