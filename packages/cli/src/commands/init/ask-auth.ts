import type { Auth } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Prompts } from './prompts.ts';
import { askIssuer } from './ask-issuer.ts';
import { askReference } from './ask-reference.ts';
import { checkField } from './check-field.ts';

/** The client to ask about. */
export interface AskAuthOptions {
  readonly prompts: Prompts;
  readonly name: string;
}

/** What is asked for: for services, so not the login of a person. */
type AskedType = Exclude<Auth['type'], 'oauth2_authorization_code'>;

/** Asks how requests are authenticated. */
export async function askAuth(terminal: Terminal, { prompts, name }: AskAuthOptions): Promise<Auth> {
  const type = await prompts.choice<AskedType>({
    message: `How does ${name} authenticate its callers?`,
    choices: [
      {
        value: 'oauth2_client_credentials',
        name: 'OAuth 2.0: a token from an authorization server (client credentials)',
      },
      { value: 'bearer', name: 'a fixed bearer token' },
      { value: 'basic', name: 'user name and password' },
      { value: 'api_key', name: 'a key in a header' },
      { value: 'none', name: 'not at all' },
    ],
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
    case 'oauth2_client_credentials':
  }
  return askOAuth2(terminal, { prompts, name });
}

type Method = 'default' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

async function askOAuth2(terminal: Terminal, { prompts, name }: AskAuthOptions): Promise<Auth> {
  const { endpoint, methods } = await askIssuer(terminal, prompts);
  const clientId = await prompts.text({
    message: 'The client id?',
    check: (answer) => checkField.oauth2('clientId', answer),
  });
  const method = await prompts.choice<Method>({
    message: 'How does the client authenticate?',
    choices: methodChoices(methods),
  });
  const isKey = method === 'private_key_jwt';
  const what = isKey ? 'private key' : 'secret';
  const proof = await askReference(terminal, { prompts, secretName: what, initial: proposeVariable(name, what) });
  const scopes = splitWords(
    await prompts.text({
      message: 'The scopes, separated by spaces (leave empty for none)?',
      initial: '',
      check: (answer) => checkField.oauth2('scopes', splitWords(answer)),
    }),
  );
  return {
    type: 'oauth2_client_credentials',
    ...endpoint,
    clientId,
    ...(isKey ? { privateKeyRef: proof } : { clientSecretRef: proof }),
    ...(method === 'default' ? {} : { clientAuthMethod: method }),
    ...(scopes.length > 0 && { scopes: [...scopes] }),
  };
}

const splitWords = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const proposeVariable = (name: string, what: string): string =>
  `${name}-${what}`.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();

/** The methods that the server supports; all when it does not list them. */
function methodChoices(
  taken: readonly string[] | undefined,
): readonly { readonly value: Method; readonly name: string }[] {
  const known: readonly { readonly value: Method; readonly name: string }[] = [
    { value: 'client_secret_basic', name: 'a secret, by HTTP Basic (client_secret_basic)' },
    { value: 'client_secret_post', name: 'a secret, in the request body (client_secret_post)' },
    { value: 'private_key_jwt', name: 'a private key (private_key_jwt)' },
  ];
  const supported = known.filter(({ value }) => taken === undefined || taken.includes(value));
  return [{ value: 'default', name: 'a secret, by the method that the server prefers' }, ...supported];
}
