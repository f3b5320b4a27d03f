import type { ClientConfig } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';
import { askAuth } from './ask-auth.ts';
import type { Asker } from './asker.ts';
import { fieldCheck } from './field-check.ts';

/** A client, and what it is called. */
export interface NamedClient {
  readonly name: string;
  readonly client: ClientConfig;
}

/** Who is asked, and which names are gone. */
export interface ClientQuestions {
  readonly asker: Asker;
  readonly taken: readonly string[];
}

/** Asks for one client. */
export async function askClient(terminal: Terminal, { asker, taken }: ClientQuestions): Promise<NamedClient> {
  const name = await asker.text({
    message: 'What is the client called, such as the service that it calls?',
    check: (answer) => (taken.includes(answer) ? 'there is one of this name' : fieldCheck.name(answer)),
  });
  const baseUrl = await asker.text({
    message: `Where is ${name}, such as https://${name}.internal?`,
    check: fieldCheck.baseUrl,
  });
  const auth = await askAuth(terminal, { asker, name });
  return { name, client: { baseUrl, auth } };
}
