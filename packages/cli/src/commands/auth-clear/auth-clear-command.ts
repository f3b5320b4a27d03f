import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';

/** Adds `bearings auth clear` to the command `bearings auth`. */
export function addAuthClearCommand(auth: Command, runCommand: RunCommand): void {
  const command = auth
    .command('clear')
    .summary('delete the stored tokens')
    .description(
      'Deletes every token in the tokenStore of the config. The tokens stay valid at the server until they expire.',
    );
  command.action(() =>
    runCommand(command, async (terminal, { config }) => {
      const { authClear } = await import('./auth-clear.ts');
      return authClear(terminal, { config });
    }),
  );
}
