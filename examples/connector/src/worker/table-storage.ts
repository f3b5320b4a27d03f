import type { CheckpointStore } from '../checkpoint-store.ts';
import { parseCheckpoint } from '../checkpoint.ts';
import type { Output } from '../output.ts';
import type { Database } from './open-database.ts';
import { checkpointStore, confirmedBytes, heldBy, holderValues } from './held-run.ts';
import type { HeldRun } from './held-run.ts';

/** Where a run keeps its records and its checkpoint. */
export interface RunStorage {
  readonly store: CheckpointStore;
  readonly output: Output;
  /** Makes the output of a finished run readable; returns its name. May be repeated. */
  publish(): Promise<string>;
}

/** The id of the output in the checkpoint. */
export const tableOutput = 'database';

/**
 * Keeps records and checkpoint in the database: one statement adds a page's records and moves the checkpoint.
 *
 * So a page is there once, or not at all, whenever a worker is killed.
 */
export function createTableStorage(database: Database, run: HeldRun): RunStorage {
  const { schema } = database;
  const statement = `WITH held AS (
      UPDATE ${schema}.connector_run SET checkpoint = $4, records = $5, pages = $6 WHERE ${heldBy} RETURNING id
    ), added AS (
      INSERT INTO ${schema}.connector_record (run, number, resource, parent, record)
      SELECT held.id, $5 - cardinality($7::text[]) + page.number, page.resource, page.parent, page.record
      FROM held, unnest($7::text[], $8::json[], $9::json[]) WITH ORDINALITY AS page (resource, parent, record, number)
    )
    SELECT id FROM held`;
  let page: readonly RecordText[] = [];
  return {
    store: checkpointStore(run, async (checkpoint) => {
      const { records, pages } = checkpoint;
      const counts = [JSON.stringify(checkpoint), records, pages];
      const values = [...holderValues(run), ...counts, ...toColumns(page)];
      const rows = await database.query(statement, values);
      page = [];
      return rows.length === 1;
    }),
    output: {
      id: tableOutput,
      name: 'the database',
      open: async () => confirmedBytes(run),
      truncate: async () => {},
      async append(lines) {
        page = lines.toString().split('\n').slice(0, -1).map(splitLine);
      },
      read: () => readLines(database, run),
      close: async () => {},
    },
    publish: async () => tableOutput,
  };
}

/** A line, as texts, so that no number is read and written again. */
interface RecordText {
  readonly resource: string;
  /** The values of the parent records; `null` for a resource without a parent. */
  readonly parent: string | null;
  readonly text: string;
}

const [head, parentMark, recordMark] = ['{"resource":"', ',"parent":', ',"record":'] as const;

const toColumns = (page: readonly RecordText[]): readonly (readonly (string | null)[])[] => [
  page.map(({ resource }) => resource),
  page.map(({ parent }) => parent),
  page.map(({ text }) => text),
];

function splitLine(line: string): RecordText {
  const nameEnd = line.indexOf('"', head.length);
  const resource = line.slice(head.length, nameEnd);
  const rest = line.slice(nameEnd + 1, -1);
  if (!rest.startsWith(parentMark)) return { resource, parent: null, text: rest.slice(recordMark.length) };
  // the parent is an object of texts, in which quotes are escaped, so this is its end
  const end = rest.indexOf(`}${recordMark}`) + 1;
  return { resource, parent: rest.slice(parentMark.length, end), text: rest.slice(end + recordMark.length) };
}

const joinLine = ({ resource, parent, text }: RecordText): string =>
  `${head}${resource}"${parent === null ? '' : `${parentMark}${parent}`}${recordMark}${text}}\n`;

const batch = 1_000;
const firstId = '00000000-0000-0000-0000-000000000000';

interface RecordRow extends RecordText {
  readonly run: string;
  readonly number: string;
}

/** The lines of this run's records, and of those in the runs whose changes it continues: both have been written. */
async function* readLines({ schema, query }: Database, run: HeldRun): AsyncIterable<Uint8Array> {
  const { marks = {}, source } = parseCheckpoint(run.stored) ?? {};
  const select = `SELECT run, number, resource, parent::text AS parent, record::text AS text FROM ${schema}.connector_record
    WHERE (run, number) > ($1, $2) AND (run = $3 OR resource = ANY($4) AND run IN (
      SELECT id FROM ${schema}.connector_run
      WHERE connector = $5 AND state = 'succeeded' AND checkpoint ->> 'source' = $6
    )) ORDER BY run, number LIMIT ${batch}`;
  let last: Pick<RecordRow, 'run' | 'number'> | undefined = { run: firstId, number: '0' };
  while (last !== undefined) {
    const values = [last.run, last.number, run.id, Object.keys(marks), run.connector, source ?? null];
    const rows: readonly RecordRow[] = await query<RecordRow>(select, values);
    last = rows.at(-1);
    yield Buffer.from(rows.map(joinLine).join(''));
  }
}
