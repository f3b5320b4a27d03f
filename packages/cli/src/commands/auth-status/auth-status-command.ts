import type { CommandSpec } from '../../command-line/command-spec.ts';

interface AuthStatusFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** `bearings auth status`. */
export const authStatusCommand: CommandSpec<[clients: readonly string[], flags: AuthStatusFlags]> = {
  name: 'auth status',
  summary: 'show the state of credentials',
  description:
    'Acquires a token for each credential, waiting at most 10 s, and shows its state, lifetime and scopes as a table.',
  arguments: [
    {
      usage: '[clients...]',
      description: 'the clients whose credentials to show (default: all)',
      candidates: 'clients',
    },
  ],
  options: [
    { flags: '--json', description: 'print JSON, for machines' },
    { flags: '--watch', description: 'keep showing it until ctrl-C' },
  ],
  async run(terminal, { config, key, debug, cache }, [clients, { json = false, watch = false }]) {
    const { authStatus } = await import('./auth-status.ts');
    return authStatus(terminal, { clients, json, watch, config, key, debug, cache });
  },
};
