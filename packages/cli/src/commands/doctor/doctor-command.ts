import type { CommandSpec } from '../../command-line/command-spec.ts';

interface DoctorFlags {
  readonly json?: boolean;
  readonly path?: string;
}

/** `bearings doctor`. */
export const doctorCommand: CommandSpec<[clients: readonly string[], flags: DoctorFlags]> = {
  name: 'doctor',
  summary: 'find what is wrong, and how to fix it',
  description:
    'Checks config, secrets, DNS, TCP, TLS, discovery, client authentication, clocks, tokens and scopes, ' +
    'and whether the API accepts the token. Each failed check shows the cause and the remedy.',
  arguments: [{ usage: '[clients...]', description: 'the clients to check (default: all)', candidates: 'clients' }],
  options: [
    {
      flags: '--path <path>',
      description: 'a path of the API that exists, to send the probe to (default: the base URL)',
    },
    { flags: '--json', description: 'print JSON, for machines' },
  ],
  async run(terminal, { config, key, debug }, [clients, { json = false, path }]) {
    const { doctor } = await import('./doctor.ts');
    return doctor(terminal, { clients, json, path, config, key, debug });
  },
};
