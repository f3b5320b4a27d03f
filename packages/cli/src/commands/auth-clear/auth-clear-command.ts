import type { CommandSpec } from '../../command-line/command-spec.ts';

/** `bearings auth clear`. */
export const authClearCommand: CommandSpec<[]> = {
  name: 'auth clear',
  summary: 'delete the stored tokens',
  description:
    'Deletes every token in the tokenStore of the config; without one, in the token cache. The tokens stay valid at the server until they expire.',
  async run(terminal, { config }) {
    const { authClear } = await import('./auth-clear.ts');
    return authClear(terminal, { config });
  },
};
