import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../src/run-error.ts';
import type { QueueCommand } from '../src/worker/command-options.ts';
import { runQueueCommand } from '../src/worker/commands.ts';
import { describeDatabaseFailure } from '../src/worker/database-url.ts';

const password = 'planted-password';

async function run(command: QueueCommand, args: readonly string[], url?: string): Promise<readonly unknown[]> {
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  const error = await runQueueCommand(command, args, { env: { DATABASE_URL: url }, print, log: print });
  if (error === undefined) throw new Error(`It succeeded: ${printed.join('\n')}`);
  const text = [error.message, ...error.details, ...printed].join('\n');
  expect(text).not.toContain(password);
  return [exitCodes[error.code], text];
}

test.for([
  [undefined, 2, 'DATABASE_URL'],
  ['', 2, 'DATABASE_URL'],
  ['db.internal', 2, 'env:DATABASE_URL holds no URL. The workers need PostgreSQL'],
  [`redis://:${password}@db.internal:6379`, 2, 'holds a URL that begins with redis:'],
  [`postgres://me:${password}@127.0.0.1:1/x`, 1, 'PostgreSQL at 127.0.0.1:1 does not answer: ECONNREFUSED'],
] as const)('a database at %s ends a command with exit code %s and says %s', async ([url, code, text]) => {
  const [exitCode, message] = await run('status', [], url);

  expect([exitCode, message]).toEqual([code, expect.stringContaining(text)]);
});

test.for([
  ['28P01', 2, 'refuses ann\nCheck user and password in the URL behind env:DB'],
  ['3D000', 2, 'has no database "sales"\ncreatedb sales, or correct env:DB'],
  ['42501', 2, 'does not let ann use the schema runs: why\nGRANT CREATE ON DATABASE "sales" TO "ann"'],
  ['53300', 1, 'does not answer: 53300\nStart it, or correct the URL behind env:DB'],
  ['ECONNRESET', 1, 'does not answer: ECONNRESET'],
  ['22P02', 1, 'refused a statement: why (22P02)'],
] as const)('a failure of the database with the code %s has exit code %s and a remedy', ([code, exitCode, text]) => {
  const url = new URL(`postgres://ann:${password}@db.test/sales`);

  const error = describeDatabaseFailure(Object.assign(new Error('why'), { code }), {
    url,
    reference: 'env:DB',
    schema: 'runs',
  });

  expect([exitCodes[error.code], [error.message, ...error.details].join('\n')]).toEqual([
    exitCode,
    expect.stringContaining(`PostgreSQL at db.test:5432 ${text}`),
  ]);
  expect(JSON.stringify([error.message, error.details])).not.toContain(password);
});

test('a URL as an argument is refused without printing it, because others can read arguments', async () => {
  const [code, message] = await run('status', ['--database', `postgres://me:${password}@127.0.0.1/x`]);

  expect([code, message]).toEqual([2, expect.stringContaining('env:NAME')]);
});

test.for([
  ['worker', [], 'The files of the connectors are missing'],
  ['worker', ['x.yaml', '--concurrency', '0'], '--concurrency must be a whole number from 1 to 100, not "0"'],
  ['worker', ['x.yaml', '--take-over-after', '5'], '--take-over-after must be a whole number from 10 to 86400'],
  ['worker', ['x.yaml', '--retries', '1.5'], '--retries must be a whole number'],
  ['worker', ['x.yaml', '--schema', 'a"b'], '--schema must be a name in small letters, digits and _'],
  ['worker', ['x.yaml', '--concurency', '1'], "Unknown option '--concurency'"],
  ['worker', ['no-such-file.yaml'], 'no-such-file.yaml'],
  ['enqueue', [], 'One name of a connector is needed'],
  ['enqueue', ['a', 'b'], 'One name of a connector is needed'],
  ['schedule', ['a.yaml', '--remove', 'a'], 'Files and --remove exclude each other'],
  ['status', ['a', 'b'], 'At most one name of a connector'],
  ['status', ['--limit', 'x'], '--limit must be a whole number'],
] as const)('%s with the arguments %j is refused before the database is opened', async ([command, args, text]) => {
  const [code, message] = await run(command, args);

  expect([code, message]).toEqual([2, expect.stringContaining(text)]);
});

test.for([
  [{ cron: '0 3 * *' }, 'must have five fields'],
  [{ cron: '0 3 * * *', timezone: 'Europe/Berln' }, 'must be a time zone such as Europe/Berlin'],
  [{ corn: '0 3 * * *' }, 'corn'],
] as const)('a document with the schedule %j is refused', async ([schedule, text]) => {
  const folder = await mkdtemp(join(tmpdir(), 'worker-input-'));
  const source = { mode: 'rest_pull', url: 'https://api.test', resources: [] };
  const file = join(folder, 'shop.json');
  await writeFile(file, JSON.stringify({ kind: 'Connector', metadata: { name: 'shop' }, spec: { source, schedule } }));

  const [code, message] = await run('schedule', [file]);
  await rm(folder, { recursive: true });

  expect([code, message]).toEqual([2, expect.stringContaining(text)]);
});

test('a run on one machine loads neither pg-boss nor the database driver', () => {
  const loaded = loadedModules(join(import.meta.dirname, '../src/main.ts'));

  expect(loaded.filter((name) => name.startsWith('pg'))).toEqual([]);
  expect(loaded).toContain('zod');
});

/** The packages that a file imports, without those that it imports on demand. */
function loadedModules(path: string, visited = new Set<string>()): readonly string[] {
  if (visited.has(path)) return [];
  visited.add(path);
  const imports = readFileSync(path, 'utf8').matchAll(/^(?:import|export) (?!type ).*? from '([^']+)';$/gm);
  return [...imports].flatMap(([, name = '']) =>
    name.startsWith('.') ? loadedModules(join(dirname(path), name), visited) : [name],
  );
}
