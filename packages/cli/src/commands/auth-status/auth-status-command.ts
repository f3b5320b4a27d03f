import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';

interface AuthStatusFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** Adds `bearings auth status` to the command `bearings auth`. */
export function addAuthStatusCommand(auth: Command, runCommand: RunCommand): void {
  const command = auth
    .command('status')
    .summary('show the state of credentials')
    .description(
      'Acquires a token for each credential, waiting at most 10 s, and shows its state, lifetime and scopes as a table.',
    )
    .argument('[clients...]', 'the clients whose credentials to show (default: all)')
    .option('--json', 'print JSON, for machines')
    .option('--watch', 'keep showing it until ctrl-C');
  command.action((clients: readonly string[], { json = false, watch = false }: AuthStatusFlags) =>
    runCommand(command, async (terminal, { config, key, debug, cache }) => {
      const { authStatus } = await import('./auth-status.ts');
      return authStatus(terminal, { clients, json, watch, config, key, debug, cache });
    }),
  );
}
