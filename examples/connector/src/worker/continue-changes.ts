import { parseCheckpoint } from '../checkpoint.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { Connector } from '../connector-schema.ts';
import { fingerprint } from '../fingerprint.ts';
import { fileName } from './folder-storage.ts';
import type { HeldRun } from './held-run.ts';
import type { Database } from './open-database.ts';
import { tableOutput } from './table-storage.ts';

/**
 * Lets a new run pull the changes since the last run that succeeded, for resources with `incremental`; the others are
 * pulled completely. After a change of the source everything is pulled.
 */
export async function continueChanges(
  database: Database,
  run: HeldRun,
  source: Connector['spec']['source'],
): Promise<HeldRun> {
  if (run.stored !== undefined || source.mode !== 'rest_pull') return run;
  if (source.resources.every(({ incremental }) => incremental === undefined)) return run;
  const last = await readLastCheckpoint(database, run.connector);
  if (last === undefined || last.source !== fingerprint(source)) return run;
  const output = last.output === tableOutput ? tableOutput : fileName(run);
  return { ...run, stored: { ...last, output, bytes: 0, records: 0, pages: 0, todo: [] } satisfies Checkpoint };
}

async function readLastCheckpoint({ schema, query }: Database, connector: string): Promise<Checkpoint | undefined> {
  const [row] = await query<{ readonly checkpoint: unknown }>(
    `SELECT checkpoint FROM ${schema}.connector_run WHERE connector = $1 AND state = 'succeeded'
     ORDER BY finished_at DESC LIMIT 1`,
    [connector],
  );
  return parseCheckpoint(row?.checkpoint);
}
