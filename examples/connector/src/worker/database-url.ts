import { RunError } from '../run-error.ts';

/**
 * Reads the URL of a PostgreSQL database. No message holds it, because it has a password.
 *
 * @throws RunError `CONFIG` when it is not such a URL
 */
export function parseDatabaseUrl(text: string, reference: string): URL {
  const url = URL.parse(text.trim());
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    const found = url === null ? 'no URL' : `a URL that begins with ${url.protocol}`;
    throw new RunError('CONFIG', `${reference} holds ${found}. The workers need PostgreSQL`, [
      'It must look like postgres://user:password@host:5432/database',
    ]);
  }
  if (url.hostname !== '' || url.searchParams.has('host')) return url;
  throw new RunError('CONFIG', `${reference} holds a URL without a host`);
}

interface FailureContext {
  readonly url: URL;
  readonly reference: string;
  readonly schema: string;
}

/** Explains why the database cannot be used. A `DATABASE` failure may be over at the next try, a `CONFIG` failure not. */
export function describeDatabaseFailure(error: unknown, { url, reference, schema }: FailureContext): RunError {
  if (error instanceof RunError) return error;
  const missing = missingTables[readMessage(error)];
  if (missing !== undefined) {
    const remedy = 'Start one: connector worker <connector.yaml…>';
    return new RunError('STATE', `No worker ${missing} the schema ${schema}`, [remedy]);
  }
  const code = readCode(error);
  const server = `PostgreSQL at ${url.hostname || 'the socket'}:${url.port || '5432'}`;
  const user = decodeURIComponent(url.username) || 'the default user';
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const wrong = (message: string, remedy: string): RunError => new RunError('CONFIG', `${server} ${message}`, [remedy]);
  if (code === '28P01' || code === '28000') {
    return wrong(`refuses ${user}`, `Check user and password in the URL behind ${reference}`);
  }
  if (code === '3D000') return wrong(`has no database "${database}"`, `createdb ${database}, or correct ${reference}`);
  if (code === '42501') {
    return wrong(
      `does not let ${user} use the schema ${schema}: ${readMessage(error)}`,
      `GRANT CREATE ON DATABASE "${database}" TO "${user}", or let an administrator create the schema for that user`,
    );
  }
  // SQLSTATE: five characters; class 08, 53 and 57 are about the connection and the server
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|53|57)/.test(code)) {
    return new RunError('DATABASE', `${server} refused a statement: ${readMessage(error)} (${code})`);
  }
  return new RunError('DATABASE', `${server} does not answer: ${code ?? readMessage(error)}`, [
    `Start it, or correct the URL behind ${reference}. Runs keep their checkpoints`,
  ]);
}

/** Messages of pg-boss when it must not create or change tables. */
const missingTables: Readonly<Record<string, string>> = {
  'pg-boss is not installed': 'has ever used',
  'pg-boss database requires migrations': 'of this version has used',
};

/** The code of a failure: of the system (`ECONNREFUSED`), or of PostgreSQL (SQLSTATE). */
export function readCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const readMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
