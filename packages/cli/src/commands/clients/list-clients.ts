import { openConfig } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { toJsonClient } from '../../output/client-json.ts';
import type { JsonClient } from '../../output/client-json.ts';
import { color } from '../../output/color.ts';
import { printJson } from '../../output/print-json.ts';
import { printable } from '../../output/redaction.ts';
import { table, toWords } from '../../output/table.ts';
import type { Output, Terminal } from '../../terminal/terminal.ts';

/** The options of `bearings clients`. */
export interface ListClientsOptions {
  readonly json: boolean;
  readonly config: string | undefined;
}

/** Lists the clients of a config. Sends nothing, and works without the secrets. */
export async function listClients(terminal: Terminal, { json, config }: ListClientsOptions): Promise<ExitCode> {
  const { clients } = await openConfig(terminal, { config, names: [] });
  const list = Object.entries(clients).map(([name, client]) => toJsonClient(name, client));
  const { stdout } = terminal;
  if (json) await printJson(stdout, { clients: list });
  else await stdout.write(`${clientTable(list, stdout).join('\n')}\n`);
  return exitCodes.ok;
}

const clientTable = (clients: readonly JsonClient[], output: Output): readonly string[] =>
  table({
    titles: ['CLIENT', 'URL', 'CREDENTIAL', 'FROM', 'SCOPES'],
    rows: clients.map(({ name, baseUrl, auth }) => ({
      cells: [
        toWords(name, 'bold'),
        toWords(printable(baseUrl)),
        toWords(auth.type),
        toWords(printable(auth.from ?? '')),
        toWords(printable(auth.scopes.join(' '))),
      ],
    })),
    width: output.isTTY ? output.columns : undefined,
    applyStyle: (style, text) => color(output, style, text),
  });
