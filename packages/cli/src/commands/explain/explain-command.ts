import type { CommandSpec } from '../../command-line/command-spec.ts';
import { clientArgument } from '../client-argument.ts';

interface ExplainFlags {
  readonly json?: boolean;
}

/** `bearings explain`. */
export const explainCommand: CommandSpec<[client: string, flags: ExplainFlags]> = {
  name: 'explain',
  summary: "show a client's stages and settings",
  description: "Shows the stages of a client's requests, in their order, with their settings. Sends nothing.",
  arguments: [clientArgument],
  options: [{ flags: '--json', description: 'print JSON, for machines' }],
  async run(terminal, { config }, [client, { json = false }]) {
    const { explainClient } = await import('./explain.ts');
    return explainClient(terminal, { client, config, json });
  },
};
