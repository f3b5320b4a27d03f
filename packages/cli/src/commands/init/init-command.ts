import type { CommandSpec } from '../../command-line/command-spec.ts';

/** `bearings init`. */
export const initCommand: CommandSpec<[file: string]> = {
  name: 'init',
  summary: 'ask questions and write a config',
  description:
    'Asks for the clients, checks each answer with the servers, tries a token and a first call, and writes a config. It never asks for a secret.',
  arguments: [{ usage: '[file]', description: 'the file to write', default: 'bearings.yaml', candidates: 'files' }],
  async run(terminal, { debug }, [file]) {
    const { init } = await import('./init.ts');
    return init(terminal, { file, debug });
  },
};
