import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Client, Layer } from '@bearings/client';
import { DestinationNotAllowedError } from '@bearings/client/errors';
import { readSecret } from '@bearings/config';
import type { Environment } from '@bearings/config';
import { staticToken, Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { SecretString, TokenHandle } from '@bearings/oauth-bearer';
import type { RestPull } from './connector-schema.ts';
import { RunError } from './run-error.ts';
import { snippetOf } from './snippet.ts';
import { watchFetch } from './watched-fetch.ts';
import type { LastAnswer } from './watched-fetch.ts';

/** What a connector takes from where it runs. */
export interface Surroundings {
  readonly env: Environment;
  /** Told what a person should know and that stops nothing. */
  readonly warn: (line: string) => void;
}

/** The way to a source's API, with its credential. Whoever connects closes. */
export interface Connection {
  readonly client: Client;
  /** The field of the credential; `undefined` when there is none. */
  readonly credential: 'spec.source.oauth' | 'spec.source.auth' | undefined;
  /** What the token endpoint answered last. */
  readonly lastTokenAnswer: () => Promise<LastAnswer | undefined>;
  /** The beginning of a text, without secrets. */
  readonly show: (text: string) => string;
  close(): Promise<void>;
}

/**
 * Composes the client of a source: the token goes to the origin of `spec.source.url` and nowhere else, is renewed ahead,
 * and rotated when the API turns it away. It is acquired with the first page.
 *
 * @throws RunError | TokenError when something in the file is wrong; nothing was sent
 */
export async function connectSource(source: RestPull, { env, warn }: Surroundings): Promise<Connection> {
  const secrets = keepSecrets(env);
  const watched = watchFetch(globalThis.fetch);
  const token = await tokenOf(source, { ask: secrets.ask, fetch: watched.fetch });
  const client = createClient(
    {
      baseUrl: source.url,
      headers: headersBeside(token, source, warn),
      timeout: source.timeoutMs,
      retry: source.retryLimit,
      userAgent: 'bearings-connector',
    },
    token === undefined ? withinOrigin : withBearerAuth(token),
  );
  return {
    client,
    credential: source.oauth === undefined ? source.auth && 'spec.source.auth' : 'spec.source.oauth',
    lastTokenAnswer: watched.lastAnswer,
    show: (text) => snippetOf(text, [...secrets.known(), ...Object.values(source.headers), ...valueOf(token)]),
    async close() {
      await client.close();
      await token?.close();
    },
  };
}

interface Secrets {
  /** Reads a secret anew, because it may change while the connector runs. */
  readonly ask: (reference: string) => Promise<SecretString>;
  readonly known: () => readonly string[];
}

function keepSecrets(env: Surroundings['env']): Secrets {
  const known = new Map<string, SecretString>();
  return {
    async ask(reference) {
      const secret = await readSecret(reference, { env });
      if (secret.isErr()) throw new RunError('CONFIG', secret.error.message);
      known.set(reference, secret.value);
      return secret.value;
    },
    known: () => [...known.values()].map((secret) => secret.expose()),
  };
}

interface TokenParts {
  readonly ask: Secrets['ask'];
  readonly fetch: typeof globalThis.fetch;
}

/** OAuth goes before a bearer token. Each secret is read once here, so that a mistake is known before anything is sent. */
async function tokenOf({ oauth, auth }: RestPull, { ask, fetch }: TokenParts): Promise<TokenHandle | undefined> {
  if (oauth === undefined && auth === undefined) return undefined;
  if (oauth === undefined) return auth && bearer(auth.bearerTokenRef, ask);
  const { tokenUrl: tokenEndpoint, clientId, scopes, audience, clientSecretRef, clientAuthMethod } = oauth;
  if (clientSecretRef !== undefined) await ask(clientSecretRef);
  const proof =
    clientSecretRef === undefined
      ? ({ clientAuthMethod: 'none' } as const)
      : { clientSecret: () => ask(clientSecretRef), clientAuthMethod };
  const created = await Token.create({ tokenEndpoint, clientId, scopes, audience, ...proof, fetch, start: 'lazy' });
  if (created.isErr()) throw created.error;
  return created.value;
}

async function bearer(reference: string, ask: Secrets['ask']): Promise<TokenHandle> {
  await ask(reference);
  return staticToken(() => ask(reference));
}

/** The hand-written headers, less those that a credential of the file takes the place of. */
function headersBeside(
  token: TokenHandle | undefined,
  { headers, oauth, auth }: RestPull,
  warn: Surroundings['warn'],
): Record<string, string> {
  const winner = oauth === undefined ? 'spec.source.auth' : 'spec.source.oauth';
  if (oauth !== undefined && auth !== undefined) warn(`${winner} goes before spec.source.auth, which is not used`);
  const isOverridden = (name: string): boolean => token !== undefined && name.toLowerCase() === 'authorization';
  const kept = Object.entries(headers).filter(([name]) => !isOverridden(name));
  for (const name of Object.keys(headers).filter(isOverridden)) {
    warn(`${winner} goes before spec.source.headers.${name}, which is not sent`);
  }
  return Object.fromEntries(kept);
}

/** Without a credential layer nothing else would keep hand-written headers, which may be secrets, within the origin. */
const withinOrigin: Layer = layer('auth', 'within-origin', (next, { baseUrl: home }) => async (request, call) => {
  const { origin } = new URL(request.url);
  if (origin === home?.origin) return next(request, call);
  throw new DestinationNotAllowedError(origin, `the source is ${home?.origin}`);
});

function valueOf(token: TokenHandle | undefined): readonly string[] {
  const now = token?.read();
  return now?.isOk() === true ? [now.value.secret.expose()] : [];
}
