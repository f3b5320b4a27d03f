import type { ClientConfig } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';
import { askAuth } from './ask-auth.ts';
import type { Prompts } from './prompts.ts';
import { checkField } from './check-field.ts';

/** A client and its name. */
export interface NamedClient {
  readonly name: string;
  readonly client: ClientConfig;
}

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
  const auth = await askAuth(terminal, { prompts, name });
  return { name, client: { baseUrl, auth } };
}
