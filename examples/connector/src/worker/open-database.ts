import { readSecret } from '@bearings/config';
import type { Environment } from '@bearings/config';
import { PgBoss } from 'pg-boss';
import type { ConstructorOptions, Db } from 'pg-boss';
import { RunError } from '../run-error.ts';
import { describeDatabaseFailure, parseDatabaseUrl } from './database-url.ts';
import { createTables } from './tables.ts';

/** The database of a fleet of workers: the queue, the runs and their checkpoints. */
export interface Database extends AsyncDisposable {
  readonly boss: PgBoss;
  /** The schema of all tables, quoted for SQL. */
  readonly schema: string;
  readonly query: Query;
  /** Runs statements in one transaction. */
  transaction<Result>(act: (transaction: Transaction) => Promise<Result>): Promise<Result>;
}

/** Runs a statement. @throws RunError `DATABASE` */
type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** An open transaction; `db` is for calls of pg-boss that belong to it. */
export interface Transaction {
  readonly db: Db;
  readonly query: Query;
}

/** Where the database is, and what is done in it. */
export interface DatabaseOptions {
  /** The place of the URL: `env:NAME` or `file:/path`. */
  readonly reference: string;
  /** The schema of the tables. */
  readonly schema: string;
  readonly env: Environment;
  /** Called with failures and warnings of the background work: a lost connection is opened again automatically. */
  readonly onError: (error: Error) => void;
  /** Settings of a worker, which creates what is missing. Without them the tables must be there: for short commands. */
  readonly worker?: ConstructorOptions;
}

/**
 * Connects; a worker creates the tables that are missing.
 *
 * @throws RunError `CONFIG` for a wrong URL, user or schema, `STATE` without tables of this version, `DATABASE` when the
 * server does not answer
 */
export async function openDatabase({ reference, schema, env, onError, worker }: DatabaseOptions): Promise<Database> {
  const secret = await readSecret(reference, { env });
  if (secret.isErr()) throw new RunError('CONFIG', `--database: ${secret.error.message}`);
  const url = parseDatabaseUrl(secret.value.expose(), reference);
  const short = { migrate: false, schedule: false, supervise: false, registerInstance: false, max: 2 } as const;
  const boss = new PgBoss({
    connectionString: url.href,
    schema,
    connectionTimeoutMillis: 10_000,
    ...(worker ?? short),
  });
  boss.on('error', onError);
  boss.on('warning', ({ message }) => onError(new Error(message)));
  try {
    await boss.start();
    const database = createDatabase(boss, schema, (error) =>
      describeDatabaseFailure(error, { url, reference, schema }),
    );
    if (worker !== undefined) await createTables(database);
    return database;
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw describeDatabaseFailure(error, { url, reference, schema });
  }
}

function createDatabase(boss: PgBoss, schema: string, describe: (error: unknown) => RunError): Database {
  const db = boss.getDb();
  const queryOn =
    (connection: Db): Query =>
    async (text, values = []) => {
      try {
        return (await connection.executeSql(text, [...values])).rows;
      } catch (error) {
        throw describe(error);
      }
    };
  return {
    boss,
    schema: `"${schema}"`,
    query: queryOn(db),
    async transaction(act) {
      const open = await db.beginTransaction?.();
      if (open === undefined) throw new Error('pg-boss opens no transactions on this connection');
      try {
        const result = await act({ db: open.db, query: queryOn(open.db) });
        await open.commit();
        return result;
      } catch (error) {
        await open.rollback();
        throw describe(error);
      }
    },
    [Symbol.asyncDispose]: () => boss.stop({ graceful: false }),
  };
}
