import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';

interface DoctorFlags {
  readonly json?: boolean;
}

/** Adds `bearings doctor`. */
export function addDoctorCommand(program: Command, runCommand: RunCommand): void {
  const command = program
    .command('doctor')
    .summary('find what is wrong, and how to fix it')
    .description(
      'Checks config, secrets, DNS, TCP, TLS, discovery, client authentication, clocks, tokens and scopes, ' +
        'and whether the API accepts the token. Each failed check shows the cause and the remedy.',
    )
    .argument('[clients...]', 'the clients to check (default: all)')
    .option('--json', 'print JSON, for machines');
  command.action((clients: readonly string[], { json = false }: DoctorFlags) =>
    runCommand(command, async (terminal, { config, key, debug }) => {
      const { doctor } = await import('./doctor.ts');
      return doctor(terminal, { clients, json, config, key, debug });
    }),
  );
}
