import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';

interface AuthTokenFlags {
  readonly reveal?: boolean;
}

/** Adds `bearings auth token` to the command `bearings auth`. */
export function addAuthTokenCommand(auth: Command, runCommand: RunCommand): void {
  const command = auth
    .command('token')
    .summary("print a client's token")
    .description("Prints a client's token, or its static secret, and a line break. For a pipe or a file.")
    .argument('<client>', "the client's name in the config")
    .option('--reveal', 'also print it on a terminal');
  command.action((client: string, { reveal = false }: AuthTokenFlags) =>
    runCommand(command, async (terminal, { config, key, debug, cache }) => {
      const { authToken } = await import('./auth-token.ts');
      return authToken(terminal, { client, reveal, config, key, debug, cache });
    }),
  );
}
