import type { ClientConfig } from '@bearings/config';
import type { TokenError } from '@bearings/oauth-bearer';
import { askScopes } from './ask-scopes.ts';
import type { Prompts } from './prompts.ts';

/** What to do after a try: `keep` the client, `try` the changed one, or `ask` about its credential again. */
export interface Repair {
  readonly next: 'keep' | 'try' | 'ask';
  readonly client: ClientConfig;
}

/** A client whose token was refused. */
export interface RepairContext {
  readonly prompts: Prompts;
  readonly client: ClientConfig;
  /** The client authentication methods that the server has refused. */
  readonly refused: Set<string>;
}

/** Offers to change what the authorization server has refused. */
export async function repairClient(error: TokenError, { prompts, client, refused }: RepairContext): Promise<Repair> {
  const { auth } = client;
  const reason = error.code === 'TOKEN_HTTP' ? error.oauthError : undefined;
  if (auth.type === 'oauth2_client_credentials' && reason === 'invalid_scope') {
    const scopes = await askScopes(prompts, { supported: undefined, initial: auth.scopes });
    return { next: 'try', client: { ...client, auth: { ...auth, scopes: [...scopes] } } };
  }
  if (auth.type === 'oauth2_client_credentials' && reason === 'invalid_client' && auth.clientSecretRef !== undefined) {
    refused.add(auth.clientAuthMethod ?? 'client_secret_basic');
    const other = (['client_secret_basic', 'client_secret_post'] as const).find((method) => !refused.has(method));
    if (other !== undefined && (await prompts.confirm(`Try the same secret by ${other}?`, true))) {
      return { next: 'try', client: { ...client, auth: { ...auth, clientAuthMethod: other } } };
    }
  }
  const asksAgain = await prompts.confirm('Answer the questions about the credential again?', true);
  return { next: asksAgain ? 'ask' : 'keep', client };
}
