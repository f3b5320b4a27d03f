import type { CommandSpec } from '../../command-line/command-spec.ts';

interface ClientsFlags {
  readonly json?: boolean;
}

/** `bearings clients`. */
export const clientsCommand: CommandSpec<[flags: ClientsFlags]> = {
  name: 'clients',
  summary: 'list the clients of the config',
  description: 'Lists the clients of the config, with their URLs and credentials. Sends nothing, and needs no secret.',
  options: [{ flags: '--json', description: 'print JSON, for machines' }],
  async run(terminal, { config }, [{ json = false }]) {
    const { listClients } = await import('./list-clients.ts');
    return listClients(terminal, { json, config });
  },
};
