import type { Auth } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Asker } from './asker.ts';
import { askIssuer } from './ask-issuer.ts';
import { askReference } from './ask-reference.ts';
import { fieldCheck } from './field-check.ts';

/** Who is asked, and for which client. */
export interface AuthQuestions {
  readonly asker: Asker;
  readonly name: string;
}

/** Asks how requests are authenticated. */
export async function askAuth(terminal: Terminal, { asker, name }: AuthQuestions): Promise<Auth> {
  const type = await asker.choice<Auth['type']>({
    message: `How does ${name} know who calls?`,
    choices: [
      {
        value: 'oauth2_client_credentials',
        name: 'OAuth 2.0: a token of an authorization server (client credentials)',
      },
      { value: 'bearer', name: 'a fixed bearer token' },
      { value: 'basic', name: 'user and password' },
      { value: 'api_key', name: 'a key in a header' },
      { value: 'none', name: 'not at all' },
    ],
  });
  const reference = (what: string): Promise<string> =>
    askReference(terminal, { asker, what, initial: variableFor(name, what) });
  switch (type) {
    case 'none':
      return { type };
    case 'bearer':
      return { type, tokenRef: await reference('token') };
    case 'basic': {
      const username = await asker.text({ message: 'Which user?', check: fieldCheck.username });
      return { type, username, passwordRef: await reference('password') };
    }
    case 'api_key': {
      const header = await asker.text({ message: 'In which header?', initial: 'x-api-key', check: fieldCheck.header });
      return { type, header, keyRef: await reference('key') };
    }
    case 'oauth2_client_credentials':
  }
  return askOAuth2(terminal, { asker, name });
}

type Method = 'default' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

async function askOAuth2(terminal: Terminal, { asker, name }: AuthQuestions): Promise<Auth> {
  const { endpoint, methods } = await askIssuer(terminal, asker);
  const clientId = await asker.text({
    message: 'Which client id?',
    check: (answer) => fieldCheck.oauth2('clientId', answer),
  });
  const method = await asker.choice<Method>({
    message: 'How does the client prove who it is?',
    choices: offered(methods),
  });
  const isKey = method === 'private_key_jwt';
  const what = isKey ? 'private key' : 'secret';
  const proof = await askReference(terminal, { asker, what, initial: variableFor(name, what) });
  const scopes = wordsOf(
    await asker.text({
      message: 'Which scopes, with spaces between (none: leave empty)?',
      initial: '',
      check: (answer) => fieldCheck.oauth2('scopes', wordsOf(answer)),
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

const wordsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter((word) => word !== '');

const variableFor = (name: string, what: string): string =>
  `${name}-${what}`.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();

/** The methods that the server takes, when it says so. */
function offered(taken: readonly string[] | undefined): readonly { readonly value: Method; readonly name: string }[] {
  const known: readonly { readonly value: Method; readonly name: string }[] = [
    { value: 'client_secret_basic', name: 'a secret, by HTTP Basic (client_secret_basic)' },
    { value: 'client_secret_post', name: 'a secret, in the form (client_secret_post)' },
    { value: 'private_key_jwt', name: 'a private key (private_key_jwt)' },
  ];
  const fitting = known.filter(({ value }) => taken === undefined || taken.includes(value));
  return [{ value: 'default', name: 'a secret, in the way that the server prefers' }, ...fitting];
}
