import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '..');
const postgresUrl = process.env['BEARINGS_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** The rows of a statement; `undefined` when PostgreSQL does not answer. */
async function query(statement: string): Promise<readonly unknown[] | undefined> {
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } catch {
    return undefined;
  } finally {
    await client.end();
  }
}

/** In CI, a PostgreSQL that is not there fails the test, which is skipped by name elsewhere. */
const hasPostgres = process.env['BEARINGS_REQUIRE_POSTGRES'] === '1' || (await query('SELECT 1')) !== undefined;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The lines it printed. */
async function start(databaseUrl: string): Promise<readonly string[]> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, NO_COLOR: '1' };
  const { stdout, stderr } = await run(process.execPath, [join(folder, 'src/main.ts')], { env, timeout: 60_000 });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

/** A line without what differs from run to run. */
const withoutNumbers = (line: string): string =>
  line.replaceAll(/bearings_agent_\w+|127\.0\.0\.1:5432|\d+/g, '#').replaceAll(/ {2,}/g, ' ');

const databases = [
  { store: 'SQLite', databaseUrl: '', isThere: true },
  { store: 'PostgreSQL', databaseUrl: postgresUrl, isThere: hasPostgres },
];

describe.each(databases)('$store', ({ store, databaseUrl, isThere }) => {
  test.skipIf(!isThere)('two replicas serve three users, one is killed, and every promise is kept', async () => {
    const lines = await start(databaseUrl);

    const counts = JSON.parse(lines.at(-1) ?? '');
    expect(lines[0]).toContain(store);
    expect(counts).toMatchObject({ users: 3, toolCalls: 190, pending: 8, doubleRefreshes: 0, wrongUser: 0 });
    expect(counts).toMatchObject({ lostGrants: 0, failed: 0 });
    expect(counts.refreshes).toBeGreaterThanOrEqual(8);
    const [schema = ''] = /bearings_agent_\w+/.exec(lines[0] ?? '') ?? [];
    const left = `SELECT 1 FROM information_schema.schemata WHERE schema_name = '${schema}'`;
    if (store === 'PostgreSQL') expect([schema === '', await query(left)]).toEqual([false, []]);
  });
});

test.skipIf(!hasPostgres)('ctrl-C ends it, and leaves no schema and no process behind', async () => {
  const env = { ...process.env, DATABASE_URL: postgresUrl };
  const demo = spawn(process.execPath, [join(folder, 'src/main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  demo.stdout.setEncoding('utf8').on('data', (text: string) => void (printed += text));
  await expect.poll(() => printed, { timeout: 20_000 }).toContain('first calls');

  demo.kill('SIGINT');
  const [exitCode] = await once(demo, 'close');

  const [schema = ''] = /bearings_agent_\w+/.exec(printed) ?? [];
  const pids = [...(/processes: (\d+), (\d+)/.exec(printed) ?? [])].slice(1).map(Number);
  expect([exitCode, pids.length, schema === '']).toEqual([130, 2, false]);
  expect(await query(`SELECT 1 FROM information_schema.schemata WHERE schema_name = '${schema}'`)).toEqual([]);
  await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
});

test('the README shows what it prints', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const [, shown = ''] = /```text\n(.*?)\n```/s.exec(readme) ?? [];
  const printed = await start('');

  const [, ...events] = printed.map(withoutNumbers); // the first line names the database
  expect(shown.split('\n').slice(1).map(withoutNumbers)).toEqual(events);
});

test('a database that is named and does not answer is an error, not a SQLite file', async () => {
  const env = { ...process.env, DATABASE_URL: 'postgres://someone@127.0.0.1:9/none' };

  const failed = run(process.execPath, [join(folder, 'src/main.ts')], { env, timeout: 30_000 });

  await expect(failed).rejects.toMatchObject({ code: 1, stdout: '' });
});
