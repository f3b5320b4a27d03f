import { Command, CommanderError } from 'commander';
import type { ApiArguments } from './api.ts';
import type { StatusArguments } from './auth-status.ts';
import { CommandError } from './command-error.ts';
import { exitCodes, exitCodesHelp } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Runs `gql` with these arguments. Answers with the exit code, when everything is said. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await programFor(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // what commander has to say it has said
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.USAGE;
    const { code, message, details } = asCommandError(error, terminal.signal);
    terminal.tell([`✗ ${message}`, ...details.map((line) => `    ${line}`)].join('\n'));
    return exitCodes[code];
  }
}

/** An error of somebody else may quote anything, so it is named by its class alone. */
function asCommandError(error: unknown, signal: AbortSignal): CommandError {
  if (error instanceof CommandError) return error;
  if (signal.aborted) return new CommandError('INTERRUPTED', 'Interrupted');
  return new CommandError('FAULT', `gql has failed: ${error instanceof Error ? error.name : 'no error'}`);
}

function programFor(terminal: Terminal): Command {
  const program = new Command('gql')
    .description('A GraphQL command line: endpoints and their credentials are described in a file.')
    .configureOutput({
      writeOut: terminal.print,
      writeErr: (text) => terminal.tell(text.trimEnd()),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .exitOverride()
    .addHelpText('after', exitCodesHelp);
  addApi(program, terminal);
  addAuthStatus(program.command('auth').description('What gql proves itself with.'), terminal);
  return program;
}

const configHelp = 'the endpoints (default: $GQL_CONFIG, else gql.yaml, gql.yml or gql.json here)';

function addApi(program: Command, terminal: Terminal): void {
  program
    .command('api')
    .description('Carries out a query or a mutation. Its data goes to stdout as indented JSON, also into a pipe.')
    .argument('<endpoint>', 'a name in the config')
    .argument('<query>', 'GraphQL, @file, or - for stdin')
    .option('--var <name=value>', 'a variable: JSON where the value is JSON (42, true, {"a":1}, "42"), else text', add)
    .option('--vars <json>', 'variables: a JSON object, or @file with one')
    .option('--operation <name>', 'which operation, when there are several')
    .option('--config <file>', configHelp)
    .option('-v, --verbose', 'tell of requests, answers, retries and the token on stderr')
    .action(async (endpoint: string, query: string, options: Partial<ApiArguments>) => {
      const { api } = await import('./api.ts');
      await api({ var: [], ...options, endpoint, query }, terminal);
    });
}

const add = (pair: string, before: readonly string[] = []): readonly string[] => [...before, pair];

function addAuthStatus(auth: Command, terminal: Terminal): void {
  auth
    .command('status')
    .description('Asks for a token with each credential, for at most 10 s, and tells how that went.')
    .argument('[endpoint...]', 'names in the config (default: all)')
    .option('--json', 'as JSON, for machines')
    .option('--config <file>', configHelp)
    .action(async (endpoints: readonly string[], options: Omit<StatusArguments, 'endpoints'>) => {
      const { authStatus } = await import('./auth-status.ts');
      await authStatus({ ...options, endpoints }, terminal);
    });
}
