import { parseArgs } from 'node:util';
import { assertDistinct } from './assert-distinct.ts';
import { RunError } from './run-error.ts';

export const usage = 'usage: node src/main.ts run <connector.yaml> --out <records.ndjson> --state <checkpoint.json>';

/** What `run --help` prints. */
export const help = `${usage}

Pulls the records of a connector, and continues an earlier run at its checkpoint.

  --out <file>           the records, one line of JSON each
  --state <file>         the checkpoint
  --json                 prints each event as a line of JSON on stdout
  --quiet                prints failures and warnings only
  --check-schema <file>  compares the records of this run with a schema; exit code 1 when some do not match
  --infer-schema <file>  writes the schema of all records that were written
  --help                 prints this

Exit codes: 0 success; 1 a page could not be pulled, or records do not match the schema; 2 files or arguments are wrong,
and nothing was sent; 130 and 143 stopped by SIGINT and SIGTERM. After 1, 130 and 143 the last line says what was kept.
`;

/** The arguments of `run`. */
export interface RunArguments {
  readonly file: string;
  readonly outPath: string;
  readonly statePath: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly inferSchema: string | undefined;
  readonly checkSchema: string | undefined;
}

const options = {
  out: { type: 'string' },
  state: { type: 'string' },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  'infer-schema': { type: 'string' },
  'check-schema': { type: 'string' },
} as const;

/** @throws RunError when the arguments are not those of a run */
export function parseRunArguments(args: readonly string[]): RunArguments {
  const { values, positionals } = parse(args);
  const [file] = positionals;
  const {
    out: outPath,
    state: statePath,
    json,
    quiet,
    'infer-schema': inferSchema,
    'check-schema': checkSchema,
  } = values;
  if (file === undefined || positionals.length !== 1 || !outPath || !statePath) {
    throw new RunError('CONFIG', 'A run needs a connector file, --out and --state', [usage]);
  }
  assertDistinct({
    'the connector file': file,
    '--out': outPath,
    '--state': statePath,
    '--infer-schema': inferSchema,
    '--check-schema': checkSchema,
  });
  return { file, outPath, statePath, json, quiet, inferSchema, checkSchema };
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new RunError('CONFIG', error instanceof Error ? error.message : 'The arguments cannot be read', [usage]);
  }
}
