import { writeFile } from 'node:fs/promises';
import { orThrow } from '@bearings/client';
import type { Environment } from '@bearings/config';
import { inferOutputSchema } from './record-schema/infer-output-schema.ts';
import { readRecordCheck } from './record-schema/record-check.ts';
import type { RecordCheck } from './record-schema/record-check.ts';
import { createDisplay } from './progress/create-display.ts';
import type { EndEvent } from './progress/progress-display.ts';
import type { TerminalSize } from './progress/terminal-display.ts';
import { readConnector } from './read-connector.ts';
import { help, parseRunArguments } from './run-arguments.ts';
import type { RunArguments } from './run-arguments.ts';
import { runConnector } from './run-connector.ts';
import type { Summary } from './run-connector.ts';
import { exitCodes, RunError } from './run-error.ts';
import { createRunFiles } from './run-files.ts';
import type { Output } from './output.ts';

/** What the command uses of its process. */
export interface CommandContext {
  readonly env: Environment;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The size of the terminal that stderr is; `undefined` for a pipe or a file. */
  readonly terminalSize: (() => TerminalSize) | undefined;
  /** Stops the run; what was pulled is kept. */
  readonly signal: AbortSignal;
}

/** `run <connector.yaml> --out <records.ndjson> --state <checkpoint.json>`. Returns the exit code. */
export async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  if (args.includes('--help')) {
    context.stdout(help);
    return 0;
  }
  try {
    return await run(parseRunArguments(args), context);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    context.stderr(formatFailure(error));
    return exitCodes[error.code];
  }
}

/** @throws RunError before anything was sent */
async function run(given: RunArguments, context: CommandContext): Promise<number> {
  const { env, signal, stderr } = context;
  const connector = orThrow(await readConnector(given.file, env));
  const { name } = connector.metadata;
  const check = given.checkSchema === undefined ? undefined : await readRecordCheck(given.checkSchema);
  const files = createRunFiles(given);
  const display = createDisplay(name, given, context);
  const written = { start: 0, end: 0 };
  const outcome = await runConnector(connector, {
    ...files,
    env,
    signal,
    onEvent(event) {
      if (event.type === 'started') written.start = written.end = event.bytes;
      if (event.type === 'page') written.end = event.total.bytes;
      display.onEvent(event);
    },
  });
  const errors = outcome.isErr() ? [withRemedy(outcome.error, given)] : [];
  errors.push(...(await applySchemas(given, { output: files.output, written, check, name })));
  display.close(endEvent(outcome.isOk() ? outcome.value : undefined, errors));
  for (const error of errors) stderr(formatFailure(error, `${name}: `));
  if (outcome.isOk() && errors.length === 0 && !given.quiet) {
    stderr(`✓ ${name}: ${formatSummary(outcome.value, given)}\n`);
  }
  return errors[0] === undefined ? 0 : exitCodes[errors[0].code];
}

/** A run that cannot continue can only begin again. */
function withRemedy(error: RunError, { outPath, statePath }: RunArguments): RunError {
  if (error.continuation !== 'fails') return error;
  return error.with([`Or delete ${outPath} and ${statePath} to pull everything again`]);
}

interface SchemaContext {
  readonly output: Output;
  /** The bytes of this run. */
  readonly written: { readonly start: number; readonly end: number };
  readonly check: RecordCheck | undefined;
  readonly name: string;
}

/** Checks what this run wrote, also one that failed; then writes the schema of the whole output. */
async function applySchemas(
  { checkSchema, inferSchema }: RunArguments,
  { output, written, check, name }: SchemaContext,
): Promise<readonly RunError[]> {
  const report = await check?.(output, written);
  const errors: RunError[] = [];
  if (report !== undefined && report.deviating > 0) {
    const message = `${report.deviating} of ${report.checked} new records do not match ${checkSchema}`;
    errors.push(new RunError('SCHEMA', message, [...report.examples, 'They were written all the same']));
  }
  if (inferSchema === undefined) return errors;
  const schema = await inferOutputSchema(output, written.end, name);
  try {
    await writeFile(inferSchema, `${JSON.stringify(schema, undefined, 2)}\n`);
  } catch (error) {
    errors.push(new RunError('SCHEMA', `--infer-schema: ${error instanceof Error ? error.message : 'not written'}`));
  }
  return errors;
}

/** The last event of `--json`. */
function endEvent(summary: Summary | undefined, errors: readonly RunError[]): EndEvent {
  const [error] = errors;
  if (error !== undefined) return { type: 'failed', code: error.code, message: error.message, details: error.details };
  const { records = 0, pages = 0 } = summary?.checkpoint ?? {};
  return { type: 'finished', records, pages };
}

function formatSummary({ checkpoint, pagesBefore }: Summary, { outPath, statePath }: RunArguments): string {
  const { records, pages } = checkpoint;
  if (pagesBefore === pages) {
    return `finished by an earlier run: ${records} records are in ${outPath}. Delete it and ${statePath} to pull again`;
  }
  const resumed = pagesBefore === 0 ? '' : `, ${pagesBefore} of them by earlier runs`;
  return `${records} records in ${pages} pages${resumed} → ${outPath}`;
}

/** A failure on several lines. */
export function formatFailure(error: RunError, prefix = ''): string {
  return [`✗ ${prefix}${error.message}`, ...error.details.map((line) => `    ${line}`), ''].join('\n');
}
