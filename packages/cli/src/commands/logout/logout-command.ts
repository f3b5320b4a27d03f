import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';

/** Adds `bearings logout`. */
export function addLogoutCommand(program: Command, runCommand: RunCommand): void {
  const command = program
    .command('logout')
    .summary('revoke and delete the tokens of a login')
    .description("Revokes the tokens of a client's login at the authorization server (RFC 7009), and deletes them.")
    .argument('<client>', "the client's name in the config");
  command.action((client: string) =>
    runCommand(command, async (terminal, global) => {
      const { logout } = await import('./logout.ts');
      return logout(terminal, { client, global });
    }),
  );
}
