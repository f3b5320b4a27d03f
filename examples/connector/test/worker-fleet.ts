import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createInterface } from 'node:readline';
import { postgres } from '../../../test/services.ts';
import { openDatabase } from '../src/worker/open-database.ts';
import type { Database } from '../src/worker/open-database.ts';
import { readStatus } from '../src/worker/status.ts';
import type { RunStatus } from '../src/worker/status.ts';
import { clientSecret, createShop } from './shop.ts';
import type { Shop } from './shop.ts';

/** The end of a process, and what it printed. */
interface Printed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in a process of its own. */
export interface Command {
  readonly pid: number | undefined;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves with the line of stderr that has this text. */
  readonly said: (text: string) => Promise<string>;
  readonly ended: Promise<Printed>;
}

/** Starts commands in the folder of the shop. */
interface Commands {
  start(command: string, ...args: readonly string[]): Command;
  /** Starts a worker, and waits until it takes runs. */
  startWorker(...args: readonly string[]): Promise<Command>;
  run(command: string, ...args: readonly string[]): Promise<Printed>;
}

/** A shop, and a schema of a real PostgreSQL. All is removed when the test has ended, also by a timeout. */
export interface Fleet extends Commands {
  readonly shop: Shop;
  readonly schema: string;
  /** Writes the document of a connector of the shop; returns its path. */
  document(name: string, changes?: Document): Promise<string>;
  /** Options of a worker: the shortest times. */
  readonly quick: readonly string[];
  /** The same commands with another URL of the database. */
  at(url: string): Commands;
  /** Opens the database in this process. */
  open(): Promise<Database>;
  /** Waits until so many runs have ended, and returns all runs. */
  settled(database: Database, count: number): Promise<readonly RunStatus[]>;
}

interface Document {
  readonly source?: Record<string, unknown>;
  readonly spec?: Record<string, unknown>;
}

/** The shortest times, so that tests end soon. */
const quick = ['--take-over-after', '10', '--retry-delay', '1'] as const;

const main = join(import.meta.dirname, '../src/main.ts');

export async function createFleet(sizes?: { orders: number; customers: number; invoices: number }): Promise<Fleet> {
  const shop = await createShop({}, sizes);
  const schema = `connector_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const env = { SHOP_SECRET: clientSecret, DATABASE_URL: postgres.url };
  const running = new Set<Command>();
  const open = (): Promise<Database> =>
    openDatabase({ reference: 'env:DATABASE_URL', schema, env, onError: ignore, worker: passive });
  const at = (url: string): Commands => {
    const start: Commands['start'] = (command, ...args) => {
      const options = { folder: shop.path(''), env: { ...env, DATABASE_URL: url } };
      const started = startProcess([command, ...args, '--schema', schema], options);
      running.add(started);
      return started;
    };
    return {
      start,
      async startWorker(...args) {
        const worker = start('worker', ...quick, ...args);
        await worker.said('takes runs of');
        return worker;
      },
      run: (command, ...args) => start(command, ...args).ended,
    };
  };
  onTestFinished(async () => {
    for (const { kill } of running) kill('SIGKILL');
    await Promise.all([...running].map(({ ended }) => ended));
    await dropSchema(open);
    await shop[Symbol.asyncDispose]();
  });
  return {
    shop,
    schema,
    async document(name, { source = {}, spec = {} } = {}) {
      const file = { kind: 'Connector', metadata: { name }, spec: { source: { ...shop.source, ...source }, ...spec } };
      await writeFile(shop.path(`${name}.json`), JSON.stringify(file, undefined, 2));
      return `${name}.json`;
    },
    ...at(postgres.url),
    at,
    quick,
    open,
    async settled(database, count) {
      const runs = async (): Promise<readonly RunStatus[]> => (await readStatus(database, { limit: 10_000 })).runs;
      const isOver = ({ state }: RunStatus): boolean => state === 'succeeded' || state === 'failed';
      await expect
        .poll(async () => (await runs()).filter(isOver).length, { interval: 200, timeout: 280_000 })
        .toBe(count);
      return runs();
    },
  };
}

const ignore = (): void => {};
/** Creates the tables, and does nothing in the background. */
const passive = { schedule: false, supervise: false, registerInstance: false } as const;

function startProcess(
  args: readonly string[],
  { folder, env }: { readonly folder: string; readonly env: Record<string, string> },
): Command {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Map<string, (line: string) => void>();
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    for (const [text, resolve] of waiting) if (line.includes(text)) resolve(line);
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const end = async (): Promise<Printed> => {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr: lines.join('\n') };
  };
  const ended = end();
  return {
    pid: child.pid,
    kill: (signal) => void child.kill(signal),
    async said(text) {
      const found = lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<string>();
      waiting.set(text, resolve);
      const outcome = await Promise.race([promise, ended]);
      if (typeof outcome !== 'string') throw new Error(`ended with ${outcome.code}: ${outcome.stderr}`);
      return outcome;
    },
    ended,
  };
}

async function dropSchema(open: Fleet['open']): Promise<void> {
  await using database = await open();
  await database.query(`DROP SCHEMA ${database.schema} CASCADE`);
}

/** The output of a run as lines. */
export async function readOutput(database: Database, run: RunStatus | undefined): Promise<string> {
  if (run === undefined) throw new Error('There is no run');
  const { id, output } = run;
  if (output !== null && output !== 'database') return readFile(output, 'utf8');
  const rows = await database.query<{ readonly line: string }>(
    `SELECT '{"resource":"' || resource || '"' || coalesce(',"parent":' || parent::text, '') || ',"record":' || record::text || '}' AS line
     FROM ${database.schema}.connector_record WHERE run = $1 ORDER BY number`,
    [id],
  );
  return rows.map(({ line }) => `${line}\n`).join('');
}

/** The number of all records in the database. */
export async function countRecords({ query, schema }: Database): Promise<number> {
  const [row] = await query<{ readonly count: number }>(`SELECT count(*)::int FROM ${schema}.connector_record`);
  return row?.count ?? 0;
}

/** Cuts the connections of all workers to the database. */
export async function cutConnections({ query, boss }: Database): Promise<void> {
  const names = (await boss.getInstances()).map(({ applicationName }) => applicationName);
  await query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY($1)', [names]);
}
