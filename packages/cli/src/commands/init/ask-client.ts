import type { Terminal } from '../../terminal/terminal.ts';
import { askAuth } from './ask-auth.ts';
import { lookAtApi } from './look-at-api.ts';
import { tryClient } from './try-client.ts';
import type { NamedClient } from './named-client.ts';
import type { Prompts } from './prompts.ts';
import { checkField } from './check-field.ts';

/** Where to ask, and the names that are already used. */
export interface AskClientOptions {
  readonly prompts: Prompts;
  readonly takenNames: readonly string[];
}

/** Asks for one client. */
export async function askClient(terminal: Terminal, { prompts, takenNames }: AskClientOptions): Promise<NamedClient> {
  const name = await prompts.text({
    message: 'The name of the client, such as the service that it calls?',
    check: (answer) => (takenNames.includes(answer) ? 'another client has this name' : checkField.name(answer)),
  });
  const baseUrl = await prompts.text({
    message: `The base URL of ${name}, such as https://${name}.internal?`,
    check: checkField.baseUrl,
  });
  const hints = await lookAtApi(terminal, prompts, baseUrl);
  for (;;) {
    const client = { baseUrl, auth: await askAuth(terminal, { prompts, name, hints }) };
    const tried = await tryClient(terminal, prompts, { name, client });
    if (tried !== undefined) return { name, client: tried };
  }
}
