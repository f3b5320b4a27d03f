import { Command, CommanderError } from 'commander';
import { addAuthClearCommand } from './commands/auth-clear/auth-clear-command.ts';
import { addAuthStatusCommand } from './commands/auth-status/auth-status-command.ts';
import { addAuthTokenCommand } from './commands/auth-token/auth-token-command.ts';
import { addCallCommand } from './commands/call/call-command.ts';
import { addDoctorCommand } from './commands/doctor/doctor-command.ts';
import { addExplainCommand } from './commands/explain/explain-command.ts';
import { addInitCommand } from './commands/init/init-command.ts';
import { addLoginCommand } from './commands/login/login-command.ts';
import { addLogoutCommand } from './commands/logout/logout-command.ts';
import type { GivenGlobalOptions, RunCommand } from './commands/run-command.ts';
import { exitCodeHelp, exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal/terminal.ts';
import { version } from './version.ts';

/**
 * Runs a command line.
 *
 * Each command loads its own modules when it runs, so that `--help` is quick.
 *
 * @param args - without the names of node and the script
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const runCommand: RunCommand = async (command, action) => {
    const options = { debug: false, ...command.optsWithGlobals<GivenGlobalOptions>() };
    try {
      exitCode = await action(terminal, options);
    } catch (error) {
      const { reportFailure } = await import('./output/report-failure.ts');
      exitCode = await reportFailure(terminal, error, options);
    }
  };
  try {
    await createProgram(terminal, runCommand).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
}

function createProgram({ stdout, stderr }: Terminal, runCommand: RunCommand): Command {
  const program = new Command('bearings')
    .description('Authenticated requests to your services, the state of their tokens, and checks that find faults.')
    .version(version(), '--version', 'show the version')
    .option('--config <file>', 'the config (default: $BEARINGS_CONFIG, else bearings.yaml, .yml or .json here)')
    .option(
      '--key <reference>',
      'the key of stored logins, env:NAME or file:PATH (default: $BEARINGS_KEY, else the keyring)',
    )
    .option('--debug', 'show the HTTP exchanges with the authorization server on stderr, without secrets')
    .option('--no-cache', 'request tokens anew: neither read nor write the tokenStore of the config')
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
  addCallCommand(program, runCommand);
  addLoginCommand(program, runCommand);
  addLogoutCommand(program, runCommand);
  const auth = program
    .command('auth')
    .summary('show the state of tokens, print a token, or delete stored tokens')
    .helpCommand(false);
  addAuthStatusCommand(auth, runCommand);
  addAuthTokenCommand(auth, runCommand);
  addAuthClearCommand(auth, runCommand);
  addDoctorCommand(program, runCommand);
  addExplainCommand(program, runCommand);
  addInitCommand(program, runCommand);
  return program;
}
