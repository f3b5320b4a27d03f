import { Command, CommanderError } from 'commander';
import { addAuth } from './commands/auth-commands.ts';
import { addCall } from './commands/call-command.ts';
import type { GivenFlags, Settle } from './commands/command.ts';
import { addDoctor, addExplain, addInit } from './commands/other-commands.ts';
import { exitCodeHelp, exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal/terminal.ts';
import { version } from './version.ts';

/**
 * Runs a command line.
 *
 * Whatever a command needs is loaded when the command runs, so that `--help` is quick.
 *
 * @param args - without the names of node and the script
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const settle: Settle = async (command, work) => {
    const flags = { debug: false, ...command.optsWithGlobals<GivenFlags>() };
    try {
      exitCode = await work(terminal, flags);
    } catch (error) {
      const { reportFailure } = await import('./output/failure.ts');
      exitCode = await reportFailure(terminal, error, flags);
    }
  };
  try {
    await programOf(terminal, settle).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
}

function programOf(terminal: Terminal, settle: Settle): Command {
  const { stdout, stderr } = terminal;
  const program = new Command('bearings')
    .description('Authenticated requests to your services, the state of their tokens, and a doctor for both.')
    .version(version(), '--version', 'show the version')
    .option('--config <file>', 'the config (default: $BEARINGS_CONFIG, else bearings.yaml, .yml or .json here)')
    .option('--debug', 'show the HTTP exchanges with the authorization server on stderr, without secrets')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns,
      getErrHelpWidth: () => stderr.columns,
      getOutHasColors: () => stdout.hasColor,
      getErrHasColors: () => stderr.hasColor,
      outputError: (text, write) => write(text.replace(/^error: /, 'bearings: ')),
    })
    .exitOverride()
    .addHelpText('after', `\n${exitCodeHelp}`);
  addCall(program, settle);
  addAuth(program, settle);
  addDoctor(program, settle);
  addExplain(program, settle);
  addInit(program, settle);
  return program;
}
