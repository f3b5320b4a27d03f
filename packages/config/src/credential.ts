import type { Clock } from '@bearings/client';
import { staticToken, Token } from '@bearings/oauth-bearer';
import type { SecretString, TokenConfig, TokenError, TokenHandle } from '@bearings/oauth-bearer';
import { Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Auth, OAuth2Auth } from './auth-schema.ts';
import type { InvalidConfigError } from './invalid-config-error.ts';
import type { Config } from './load-config.ts';
import { fileIn } from './secret-reference.ts';
import { settingsOf } from './token-settings.ts';

/** What a client proves itself with to whom it calls. */
export interface ConfiguredCredential {
  /** The names of the clients that use it. */
  readonly clients: readonly string[];
  /** As the config describes it: with references, without secrets. */
  readonly auth: CredentialAuth;
}

/** Every auth but `none`. */
export type CredentialAuth = Exclude<Auth, { readonly type: 'none' }>;

/** What a token is acquired with. */
export interface TokenOptions {
  /** The network. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The time. Default: the system's. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The credentials of a config, each once: clients whose auths say the same share one. */
export function readCredentials({ clients }: Pick<Config, 'clients'>): readonly ConfiguredCredential[] {
  const users = new Map<string, { readonly clients: string[]; readonly auth: CredentialAuth }>();
  for (const [name, { auth }] of Object.entries(clients)) {
    if (auth.type === 'none') continue;
    const key = keyOf(auth);
    const known = users.get(key);
    if (known === undefined) users.set(key, { clients: [name], auth });
    else known.clients.push(name);
  }
  return [...users.values()];
}

/** The same for two auths that differ in nothing but the order of fields and scopes. */
function keyOf(auth: CredentialAuth): string {
  const scopes = 'scopes' in auth ? [...new Set(auth.scopes)].toSorted() : [];
  return JSON.stringify({ ...auth, scopes }, (_, value: unknown) => sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * Opens a credential without making a client, for whoever wants to look at it. Nothing is sent before its first use;
 * secrets are read then, and anew whenever they may have changed. Whoever opens it closes it.
 */
export async function createToken(
  config: Pick<Config, 'readSecret'>,
  { auth }: Pick<ConfiguredCredential, 'auth'>,
  options: TokenOptions = {},
): Promise<Result<TokenHandle, TokenError | InvalidConfigError>> {
  const read = (reference: string) => async (): Promise<SecretString> => mustRead(config, reference);
  const { clock } = options;
  const parts = clock === undefined ? {} : { clock };
  if (auth.type === 'oauth2_client_credentials') return openOAuth2(config, auth, options);
  if (auth.type === 'bearer') return Ok(staticToken(read(auth.tokenRef), parts));
  if (auth.type === 'api_key') return Ok(staticToken(read(auth.keyRef), { scheme: 'none', ...parts }));
  return Ok(staticToken(read(auth.passwordRef), { scheme: 'Basic', username: auth.username, ...parts }));
}

/** @throws InvalidConfigError which holds no secret, so that whoever asked may show it */
async function mustRead({ readSecret }: Pick<Config, 'readSecret'>, reference: string): Promise<SecretString> {
  const secret = await readSecret(reference);
  if (secret.isErr()) throw secret.error;
  return secret.value;
}

async function openOAuth2(
  config: Pick<Config, 'readSecret'>,
  auth: OAuth2Auth,
  options: TokenOptions,
): Promise<Result<TokenHandle, TokenError | InvalidConfigError>> {
  const proof = await proofOf(config, auth);
  if (proof.isErr()) return proof;
  const { fetch, clock, random } = options;
  const given = { ...(fetch && { fetch }), ...(clock && { clock }), ...(random && { random }) };
  return Token.create({ ...settingsOf(auth), ...proof.value, ...given, start: 'lazy' });
}

/** A secret is read at each acquisition, and so is a key in a file. A variable does not change while a process runs. */
async function proofOf(
  config: Pick<Config, 'readSecret'>,
  { clientSecretRef, privateKeyRef }: OAuth2Auth,
): Promise<Result<Pick<TokenConfig, 'clientSecret' | 'privateKey'>, InvalidConfigError>> {
  if (clientSecretRef !== undefined) return Ok({ clientSecret: () => mustRead(config, clientSecretRef) });
  if (privateKeyRef === undefined) return Ok({});
  const key = await config.readSecret(privateKeyRef, 'key');
  if (key.isErr()) return key;
  const file = fileIn(privateKeyRef);
  return Ok({ privateKey: file === undefined ? key.value.expose() : { file } });
}
