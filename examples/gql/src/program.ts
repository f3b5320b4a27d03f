import { Command, CommanderError } from 'commander';
import type { ApiArguments } from './api.ts';
import type { SchemaArguments } from './print-endpoint-schema.ts';
import type { StatusArguments } from './auth-status.ts';
import { CommandError } from './command-error.ts';
import { exitCodes, exitCodesHelp } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Runs `gql` with these arguments, and returns the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // commander has printed its message
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.USAGE;
    const { code, message, details } = asCommandError(error, terminal.signal);
    terminal.printError([`✗ ${message}`, ...details.map((line) => `    ${line}`)].join('\n'));
    return exitCodes[code];
  }
}

/** The message of an unexpected error may quote a secret, so only its class is shown. */
function asCommandError(error: unknown, signal: AbortSignal): CommandError {
  if (error instanceof CommandError) return error;
  if (signal.aborted) return new CommandError('INTERRUPTED', 'Interrupted');
  return new CommandError('FAULT', `gql failed unexpectedly: ${error instanceof Error ? error.name : 'not an Error'}`);
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('gql')
    .description('A GraphQL command line: endpoints and their credentials are described in a file.')
    .configureOutput({
      writeOut: terminal.print,
      writeErr: (text) => terminal.printError(text.trimEnd()),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .exitOverride()
    .addHelpText('after', exitCodesHelp);
  addApi(program, terminal);
  addSchema(program, terminal);
  addAuthStatus(program.command('auth').description('The credentials that gql uses.'), terminal);
  return program;
}

const cacheHelp = 'request tokens anew: neither read nor write stored tokens';
const configHelp = 'the endpoints (default: $GQL_CONFIG, else gql.yaml, gql.yml or gql.json here)';

function addApi(program: Command, terminal: Terminal): void {
  program
    .command('api')
    .description(
      'Executes a query, a mutation or a subscription. Prints its data to stdout as indented JSON, also into a pipe; each event of a subscription on one line.',
    )
    .argument('<endpoint>', 'a name in the config')
    .argument('<query>', 'GraphQL, @file, or - for stdin')
    .option(
      '--var <name=value>',
      'a variable: JSON if the value is JSON (42, true, {"a":1}, "42"), else text',
      appendValue,
    )
    .option('--var-file <name=path>', 'a variable from a file, JSON or text', appendValue)
    .option('--var-env <name=VARIABLE>', 'a variable from the environment, JSON or text', appendValue)
    .option('--vars <json>', 'variables: a JSON object, or @file with one')
    .option('--operation <name>', 'which operation, when there are several')
    .option('--paginate', 'read all pages of the connection whose argument after is a variable')
    .option('--persisted', 'send the hash of the query, and the query only when the service does not know it')
    .option('--check', 'check the query against the schema of the endpoint first')
    .option('--events <number>', 'end a subscription after this many events')
    .option('--config <file>', configHelp)
    .option('--no-cache', cacheHelp)
    .option('-v, --verbose', 'show requests, responses, retries and token events on stderr')
    .action(async (endpoint: string, query: string, options: Partial<ApiArguments>) => {
      const { api } = await import('./api.ts');
      await api({ var: [], ...options, endpoint, query }, terminal);
    });
}

const appendValue = (pair: string, before: readonly string[] = []): readonly string[] => [...before, pair];

function addSchema(program: Command, terminal: Terminal): void {
  program
    .command('schema')
    .description('Prints the schema of an endpoint, from a cache that is at most an hour old.')
    .argument('<endpoint>', 'a name in the config')
    .option('--refresh', 'ask the service, and replace the cached schema')
    .option('--json', 'print the answer to the introspection')
    .option('--config <file>', configHelp)
    .option('--no-cache', cacheHelp)
    .option('-v, --verbose', 'show requests, responses, retries and token events on stderr')
    .action(async (endpoint: string, options: Omit<SchemaArguments, 'endpoint'>) => {
      const { printEndpointSchema } = await import('./print-endpoint-schema.ts');
      await printEndpointSchema({ ...options, endpoint }, terminal);
    });
}

function addAuthStatus(auth: Command, terminal: Terminal): void {
  auth
    .command('status')
    .description('Acquires a token for each credential, waiting at most 10 s, and shows the result.')
    .argument('[endpoint...]', 'names in the config (default: all)')
    .option('--json', 'print JSON, for machines')
    .option('--config <file>', configHelp)
    .option('--no-cache', cacheHelp)
    .action(async (endpoints: readonly string[], options: Omit<StatusArguments, 'endpoints'>) => {
      const { authStatus } = await import('./auth-status.ts');
      await authStatus({ ...options, endpoints }, terminal);
    });
}
