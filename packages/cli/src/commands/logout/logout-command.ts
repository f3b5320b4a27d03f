import type { CommandSpec } from '../../command-line/command-spec.ts';
import { clientArgument } from '../client-argument.ts';

/** `bearings logout`. */
export const logoutCommand: CommandSpec<[client: string]> = {
  name: 'logout',
  summary: 'revoke and delete the tokens of a login',
  description: "Revokes the tokens of a client's login at the authorization server (RFC 7009), and deletes them.",
  arguments: [clientArgument],
  async run(terminal, global, [client]) {
    const { logout } = await import('./logout.ts');
    return logout(terminal, { client, global });
  },
};
