import type { Command } from 'commander';
import type { RunCommand } from '../run-command.ts';

/** Adds `bearings explain`. */
export function addExplainCommand(program: Command, runCommand: RunCommand): void {
  const command = program
    .command('explain')
    .summary("show a client's stages and settings")
    .description("Shows the stages of a client's requests, in their order, with their settings. Sends nothing.")
    .argument('<client>', "the client's name in the config");
  command.action((client: string) =>
    runCommand(command, async (terminal, { config }) => {
      const { explainClient } = await import('./explain.ts');
      return explainClient(terminal, { client, config });
    }),
  );
}
