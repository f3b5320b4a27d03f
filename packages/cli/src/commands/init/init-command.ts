import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';

/** Adds `bearings init`. */
export function addInitCommand(program: Command, runCommand: RunCommand): void {
  const command = program
    .command('init')
    .summary('ask questions and write a config')
    .description('Asks for the clients, checks each answer, and writes a config. It never asks for a secret.')
    .argument('[file]', 'the file to write', 'bearings.yaml');
  command.action((file: string) =>
    runCommand(command, async (terminal, { debug }) => {
      const { init } = await import('./init.ts');
      return init(terminal, { file, debug });
    }),
  );
}
