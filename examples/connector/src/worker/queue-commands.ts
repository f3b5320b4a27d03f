import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { databaseOptions, flag, parseCommand, parseNumber, usageError, textOption } from './command-options.ts';
import { assertKnown, enqueue } from './enqueue.ts';
import { registerDocuments } from './fleet.ts';
import { formatStatus } from './format-status.ts';
import { openDatabase } from './open-database.ts';
import type { Database } from './open-database.ts';
import { removeSchedule } from './queue.ts';
import { serveStatus } from './serve-status.ts';
import { readStatus } from './status.ts';
import type { StatusOptions } from './status.ts';
import { readDocumentFiles } from './worker-command.ts';
import type { CommandContext } from './worker-command.ts';

/** `connector enqueue`: queues a connector. */
export async function enqueueCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = parseCommand('enqueue', () =>
    parseArgs({ args: [...args], allowPositionals: true, options: { ...databaseOptions, resume: flag } }),
  );
  const [connector] = positionals;
  if (connector === undefined || positionals.length > 1)
    throw usageError('enqueue', 'One name of a connector is needed');
  const queued = await withDatabase(values, context, (database) => enqueue(database, connector, values));
  const { run, isNew, pages } = queued;
  const resumed = pages === 0 ? '' : `, continues after ${pages} pages`;
  context.print(
    isNew ? `✓ ${connector} is queued: run ${run}${resumed}` : `• ${connector} waits or runs already: run ${run}`,
  );
}

/** `connector schedule`: registers connectors and their times without running them, or removes the times of one. */
export async function scheduleCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const options = { ...databaseOptions, replace: flag, remove: { type: 'string' } } as const;
  const { values, positionals } = parseCommand('schedule', () =>
    parseArgs({ args: [...args], allowPositionals: true, options }),
  );
  const { remove, replace } = values;
  if (remove !== undefined && positionals.length > 0)
    throw usageError('schedule', 'Files and --remove exclude each other');
  const documents = remove === undefined ? await readDocumentFiles('schedule', positionals, context.env) : [];
  await withDatabase(values, context, async (database) => {
    if (remove === undefined) await registerDocuments(database, documents, { replace });
    else await removeKnown(database, remove);
    for (const line of formatStatus({ ...(await readStatus(database, { limit: 0 })) })) context.print(line);
  });
}

async function removeKnown(database: Database, connector: string): Promise<void> {
  await assertKnown(database, connector);
  await removeSchedule(database.boss, connector);
}

/** `connector status`: what the workers do. */
export async function statusCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = parseCommand('status', () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...databaseOptions, json: flag, limit: textOption('50'), serve: { type: 'string' } },
    }),
  );
  if (positionals.length > 1) throw usageError('status', 'At most one name of a connector');
  const limit = parseNumber('status', { name: 'limit', text: values.limit, min: 1, max: 10_000 });
  const [connector] = positionals;
  const options = { limit, ...(connector === undefined ? {} : { connector }) };
  if (values.serve !== undefined) return await serve(values, options, context);
  const status = await withDatabase(values, context, async (database) => {
    if (connector !== undefined) await assertKnown(database, connector);
    return readStatus(database, options);
  });
  if (values.json) context.print(JSON.stringify(status, undefined, 2));
  else for (const line of formatStatus(status)) context.print(line);
}

/** Serves the status on this machine until the command is stopped. */
async function serve(
  values: { readonly database: string; readonly schema: string; readonly serve?: string; readonly json: boolean },
  options: StatusOptions,
  context: CommandContext,
): Promise<void> {
  const port = parseNumber('status', { name: 'serve', text: values.serve ?? '', min: 0, max: 65_535 });
  if (values.json) throw usageError('status', '--serve and --json exclude each other');
  await withDatabase(values, context, async (database) => {
    if (options.connector !== undefined) await assertKnown(database, options.connector);
    if (context.stop.aborted) return;
    await using server = await serveStatus(() => readStatus(database, options), port);
    context.log(`• The status is at ${server.url} until Ctrl-C. To see it: bearings studio --watch ${server.url}`);
    if (!context.stop.aborted) await once(context.stop, 'abort');
  });
}

async function withDatabase<Result>(
  { database: reference, schema }: { readonly database: string; readonly schema: string },
  { env, log }: CommandContext,
  act: (database: Database) => Promise<Result>,
): Promise<Result> {
  const onError = (error: Error): void => log(`! database: ${error.message}`);
  await using database = await openDatabase({ reference, schema, env, onError });
  return await act(database);
}
