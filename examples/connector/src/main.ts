import { parseArgs } from 'node:util';
import { readConnector } from './read-connector.ts';
import { runConnector } from './run-connector.ts';
import type { Summary } from './run-connector.ts';
import { exitCodes, RunError } from './run-error.ts';

const usage = 'usage: node src/main.ts run <connector.yaml> --out <records.ndjson> --state <checkpoint.json>';

const [command = 'demo', ...rest] = process.argv.slice(2);
if (command === 'demo') await (await import('./demo/demo.ts')).demo();
else if (command === 'run') await run(rest);
else fail(new RunError('CONFIG', `Unknown command ${JSON.stringify(command)}`, [usage]));

async function run(args: readonly string[]): Promise<void> {
  const given = parseArguments(args);
  if (given instanceof RunError) return fail(given);
  const connector = await readConnector(given.file, process.env);
  if (connector.isErr()) return fail(connector.error);
  const { name } = connector.value.metadata;
  const warn = (line: string): void => console.error(`! ${name}: ${line}`);
  const outcome = await runConnector(connector.value, { ...given, env: process.env, warn });
  if (outcome.isErr()) return fail(outcome.error, `${name}: `);
  console.error(`✓ ${name}: ${formatSummary(outcome.value, given)}`);
}

interface Arguments {
  readonly file: string;
  readonly outPath: string;
  readonly statePath: string;
}

function parseArguments(args: readonly string[]): Arguments | RunError {
  try {
    const options = { out: { type: 'string' }, state: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [file] = positionals;
    const { out: outPath, state: statePath } = values;
    if (file !== undefined && positionals.length === 1 && outPath && statePath) return { file, outPath, statePath };
    return new RunError('CONFIG', 'A run needs a connector file, --out and --state', [usage]);
  } catch (error) {
    return new RunError('CONFIG', error instanceof Error ? error.message : 'The arguments cannot be read', [usage]);
  }
}

function formatSummary({ checkpoint, pagesBefore }: Summary, { outPath, statePath }: Arguments): string {
  const { records, pages } = checkpoint;
  if (pagesBefore === pages) {
    return `finished by an earlier run: ${records} records are in ${outPath}. Delete it and ${statePath} to pull again`;
  }
  const resumed = pagesBefore === 0 ? '' : `, ${pagesBefore} of them by earlier runs`;
  return `${records} records in ${pages} pages${resumed} → ${outPath}`;
}

function fail(error: RunError, prefix = ''): void {
  console.error([`✗ ${prefix}${error.message}`, ...error.details.map((line) => `    ${line}`)].join('\n'));
  process.exitCode = exitCodes[error.code];
}
