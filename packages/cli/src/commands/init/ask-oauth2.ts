import type { Auth } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';
import type { AskAuthOptions } from './ask-auth-options.ts';
import { askIssuer } from './ask-issuer.ts';
import type { IssuerAnswer } from './ask-issuer.ts';
import { askReference, proposeVariable } from './ask-reference.ts';
import { askScopes } from './ask-scopes.ts';
import { checkField } from './check-field.ts';
import type { Prompts } from './prompts.ts';

type Method = 'default' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';

/** Asks for the client of a service: the grant `client_credentials`. */
export async function askService(terminal: Terminal, options: AskAuthOptions): Promise<Auth> {
  const { prompts, name, hints } = options;
  const issuer = await askIssuer(terminal, prompts, { proposed: hints.issuerUrl });
  await warnAboutGrant(prompts, issuer, 'client_credentials');
  const clientId = await askClientId(prompts);
  const method = await prompts.choice<Method>({
    message: 'How does the client authenticate?',
    choices: methodChoices(issuer.methods),
  });
  const isKey = method === 'private_key_jwt';
  const what = isKey ? 'private key' : 'secret';
  const proof = await askReference(terminal, { prompts, secretName: what, initial: proposeVariable(name, what) });
  const scopes = await askScopes(prompts, { supported: issuer.scopes, initial: hints.scopes });
  return {
    type: 'oauth2_client_credentials',
    ...issuer.endpoint,
    clientId,
    ...(isKey ? { privateKeyRef: proof } : { clientSecretRef: proof }),
    ...(method === 'default' ? {} : { clientAuthMethod: method }),
    ...(scopes.length > 0 && { scopes: [...scopes] }),
  };
}

/** Asks for the client of a program with which people log in: the grants `authorization_code` and, for other devices, codes. */
export async function askPerson(terminal: Terminal, { prompts, name, hints }: AskAuthOptions): Promise<Auth> {
  const issuer = await askIssuer(terminal, prompts, { proposed: hints.issuerUrl, isDiscovered: true });
  await warnAboutGrant(prompts, issuer, 'authorization_code');
  if (issuer.hasDeviceCodes === true)
    await prompts.print('  ✓ people without a browser can enter a code on another device');
  await prompts.print('  the client needs the redirect URI http://127.0.0.1/callback/bearings, with any port');
  const clientId = await askClientId(prompts);
  const hasSecret = await prompts.confirm('Does the client have a secret?', false);
  const proof = hasSecret
    ? {
        clientSecretRef: await askReference(terminal, {
          prompts,
          secretName: 'secret',
          initial: proposeVariable(name, 'secret'),
        }),
      }
    : {};
  const openid = ['openid', 'offline_access'].filter((scope) => issuer.scopes?.includes(scope) ?? true);
  const scopes = await askScopes(prompts, { supported: issuer.scopes, initial: [...openid, ...(hints.scopes ?? [])] });
  return {
    type: 'oauth2_authorization_code',
    ...issuer.endpoint,
    clientId,
    ...proof,
    ...(scopes.length > 0 && { scopes: [...scopes] }),
  };
}

const askClientId = (prompts: Prompts): Promise<string> =>
  prompts.text({ message: 'The client id?', check: (answer) => checkField.oauth2('clientId', answer) });

async function warnAboutGrant(prompts: Prompts, { grants }: IssuerAnswer, grant: string): Promise<void> {
  if (grants !== undefined && !grants.includes(grant))
    await prompts.print(`  ! the server does not list the grant ${grant}`);
}

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
