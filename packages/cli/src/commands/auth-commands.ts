import type { Command } from 'commander';
import type { Settle } from './command.ts';

interface StatusFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
}

interface TokenFlags {
  readonly reveal?: boolean;
}

/** Adds `bearings auth status` and `bearings auth token`. */
export function addAuth(program: Command, settle: Settle): void {
  const auth = program.command('auth').summary('how tokens are, and the token itself').helpCommand(false);
  const status = auth
    .command('status')
    .summary('how the credentials are')
    .description(
      'Acquires a token for each credential, 10 s at most, and shows its state, its life and its scopes as a table.',
    )
    .argument('[clients...]', 'the clients whose credentials are shown (default: all)')
    .option('--json', 'print JSON, for machines')
    .option('--watch', 'go on showing it; ctrl-C ends it');
  status.action((clients: readonly string[], { json = false, watch = false }: StatusFlags) =>
    settle(status, async (terminal, { config, debug }) => {
      const { authStatus } = await import('./auth-status/auth-status.ts');
      return authStatus(terminal, { clients, json, watch, config, debug });
    }),
  );
  const token = auth
    .command('token')
    .summary("print a client's token")
    .description("Prints a client's token, or its static secret, and a line break: into a pipe or a file.")
    .argument('<client>', "the client's name in the config")
    .option('--reveal', 'print it on a terminal too');
  token.action((client: string, { reveal = false }: TokenFlags) =>
    settle(token, async (terminal, { config, debug }) => {
      const { authToken } = await import('./auth-token/auth-token.ts');
      return authToken(terminal, { client, reveal, config, debug });
    }),
  );
}
