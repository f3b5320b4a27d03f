import { exitCodes, RunError } from './run-error.ts';
import { usage } from './run-arguments.ts';
import { formatFailure, runCommand } from './run-command.ts';
import { isQueueCommand } from './worker/command-options.ts';
import type { QueueCommand } from './worker/command-options.ts';

const [command = 'demo', ...rest] = process.argv.slice(2);
if (command === 'demo') await (await import('./demo/demo.ts')).demo();
else if (command === 'run') await run(rest);
else if (isQueueCommand(command)) await runOnQueue(command, rest);
else fail(new RunError('CONFIG', `Unknown command ${JSON.stringify(command)}`, [usage]));

/** Imported here only: a run on one machine needs neither pg-boss nor a database. */
async function runOnQueue(name: QueueCommand, args: readonly string[]): Promise<void> {
  const { runQueueCommand } = await import('./worker/commands.ts');
  const log = (line: string): void => console.error(line);
  const error = await runQueueCommand(name, args, { env: process.env, print: (line) => console.log(line), log });
  if (error !== undefined) fail(error);
}

/** SIGINT and SIGTERM stop a run once its page is written; the second one kills it, as without this. */
async function run(args: readonly string[]): Promise<void> {
  const { stderr } = process;
  const stop = new AbortController();
  let stoppedCode: number = exitCodes.ABORTED;
  const stopBy = (exitCode: number) => (): void => {
    stoppedCode = exitCode;
    stop.abort();
  };
  process.stdout.on('error', () => stop.abort()); // the reader of --json has gone
  process.once('SIGINT', stopBy(130)).once('SIGTERM', stopBy(143));
  const exitCode = await runCommand(args, {
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void stderr.write(text),
    terminalSize: stderr.isTTY ? () => ({ columns: stderr.columns, rows: stderr.rows }) : undefined,
    signal: stop.signal,
  });
  process.exitCode = exitCode === exitCodes.ABORTED ? stoppedCode : exitCode;
}

function fail(error: RunError): void {
  process.stderr.write(formatFailure(error));
  process.exitCode = exitCodes[error.code];
}
