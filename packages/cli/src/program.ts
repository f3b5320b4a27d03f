import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { commands } from './command-line/commands.ts';
import type { CommandSpec, GlobalOptions } from './command-line/command-spec.ts';
import { createProgram } from './command-line/create-program.ts';
import type { RunSpec } from './command-line/create-program.ts';
import { withContext } from './config/chosen-context.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { assertOneStdinReader } from './terminal/stdin-readers.ts';
import { withColor } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

/**
 * Runs a command line.
 *
 * Each command loads its own modules when it runs, so that `--help` is quick.
 *
 * @param args - without the names of node and the script
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const runSpec: RunSpec = async (spec, command, values) => {
    const options = readGlobalOptions(command);
    const chosen = withContext(withColor(terminal, options.color), options.context);
    try {
      assertOneStdinReader(chosen, options);
      exitCode = (await spec.run?.(chosen, options, values)) ?? exitCode;
    } catch (error) {
      const { reportFailure } = await import('./output/report-failure.ts');
      exitCode = await reportFailure(chosen, error, { ...options, client: findClient(spec, values) });
    }
  };
  if (args[0] === '__complete') return complete(terminal, args.slice(1));
  try {
    await createProgram(terminal, commands, runSpec).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
}

/** The client that a command is about, for what to do next. `doctor` itself has said what it found. */
function findClient(
  { name, arguments: [first] = [] }: Pick<CommandSpec, 'name' | 'arguments'>,
  [value]: readonly unknown[],
): string | undefined {
  return first?.candidates === 'clients' && name !== 'doctor' && typeof value === 'string' ? value : undefined;
}

/** The global options from before and after the command's name. */
const readGlobalOptions = (command: Command): GlobalOptions => ({
  debug: false,
  ...command.optsWithGlobals<Partial<GlobalOptions>>(),
});

/**
 * `bearings __complete WORD…`, which the completion scripts call: the words up to the cursor, of which the last is being
 * typed. Not parsed, because they are the words of another command line.
 */
async function complete(terminal: Terminal, words: readonly string[]): Promise<ExitCode> {
  const { printCandidates } = await import('./commands/completion/print-candidates.ts');
  return printCandidates(terminal, commands, words);
}
