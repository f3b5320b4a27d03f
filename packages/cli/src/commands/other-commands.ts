import type { Command } from 'commander';
import type { Settle } from './command.ts';

/** Adds `bearings doctor`. */
export function addDoctor(program: Command, settle: Settle): void {
  const command = program
    .command('doctor')
    .summary('find what is wrong, and say what helps')
    .description(
      'Checks config, secrets, DNS, TCP, TLS, discovery, client authentication, clocks, tokens and scopes, ' +
        'and whether the API accepts the token. Each line says the cause and the remedy.',
    )
    .argument('[clients...]', 'the clients that are looked at (default: all)')
    .option('--json', 'print JSON, for machines');
  command.action((clients: readonly string[], { json = false }: { readonly json?: boolean }) =>
    settle(command, async (terminal, { config, debug }) => {
      const { doctor } = await import('./doctor/doctor.ts');
      return doctor(terminal, { clients, json, config, debug });
    }),
  );
}

/** Adds `bearings explain`. */
export function addExplain(program: Command, settle: Settle): void {
  const command = program
    .command('explain')
    .summary("the picture of a client's stack")
    .description("Shows the stages that a client's requests walk down, with their settings. Sends nothing.")
    .argument('<client>', "the client's name in the config");
  command.action((client: string) =>
    settle(command, async (terminal, { config }) => {
      const { explainClient } = await import('./explain/explain.ts');
      return explainClient(terminal, { client, config });
    }),
  );
}

/** Adds `bearings init`. */
export function addInit(program: Command, settle: Settle): void {
  const command = program
    .command('init')
    .summary('ask, check, and write a config')
    .description('Asks for clients, checks the answers as they come, and writes a config. It asks for no secret.')
    .argument('[file]', 'the file to write', 'bearings.yaml');
  command.action((file: string) =>
    settle(command, async (terminal, { debug }) => {
      const { init } = await import('./init/init.ts');
      return init(terminal, { file, debug });
    }),
  );
}
