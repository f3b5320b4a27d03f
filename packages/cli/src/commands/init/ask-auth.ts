import type { Auth } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';
import type { AskAuthOptions } from './ask-auth-options.ts';
import { askPerson, askService } from './ask-oauth2.ts';
import { askReference, proposeVariable } from './ask-reference.ts';
import type { ApiHints } from './look-at-api.ts';
import { checkField } from './check-field.ts';

/** Asks how requests are authenticated. */
export async function askAuth(terminal: Terminal, options: AskAuthOptions): Promise<Auth> {
  const { prompts, name, hints } = options;
  const type = await prompts.choice<Auth['type']>({
    message: `How does ${name} authenticate its callers?`,
    choices: typeChoices(hints),
  });
  const reference = (what: string): Promise<string> =>
    askReference(terminal, { prompts, secretName: what, initial: proposeVariable(name, what) });
  switch (type) {
    case 'none':
      return { type };
    case 'bearer':
      return { type, tokenRef: await reference('token') };
    case 'basic': {
      const username = await prompts.text({ message: 'The user name?', check: checkField.username });
      return { type, username, passwordRef: await reference('password') };
    }
    case 'api_key': {
      const header = await prompts.text({
        message: 'The name of the header?',
        initial: 'x-api-key',
        check: checkField.header,
      });
      return { type, header, keyRef: await reference('key') };
    }
    case 'oauth2_authorization_code':
      return askPerson(terminal, options);
    case 'google_service_account': // not offered: its key file has all that could be asked
    case 'oauth2_client_credentials':
  }
  return askService(terminal, options);
}

interface TypeChoice {
  readonly value: Auth['type'];
  readonly name: string;
}

const types: readonly TypeChoice[] = [
  { value: 'oauth2_client_credentials', name: 'OAuth 2.0: a token from an authorization server (client credentials)' },
  { value: 'oauth2_authorization_code', name: 'OAuth 2.0: the token of the person who logs in (authorization code)' },
  { value: 'bearer', name: 'a fixed bearer token' },
  { value: 'basic', name: 'user name and password' },
  { value: 'api_key', name: 'a key in a header' },
  { value: 'none', name: 'not at all' },
];

/** What the API asks for is the first choice. */
const typeChoices = ({ wants }: ApiHints): readonly TypeChoice[] =>
  wants === 'basic'
    ? types.toSorted((one, other) => Number(other.value === wants) - Number(one.value === wants))
    : types;
