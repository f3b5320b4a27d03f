import { createClient, orThrow } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Client, Clock, Layer } from '@bearings/client';
import { DestinationNotAllowedError } from '@bearings/client/errors';
import { readSecret } from '@bearings/config';
import type { Environment } from '@bearings/config';
import { staticToken, Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { SecretString, TokenHandle } from '@bearings/oauth-bearer';
import type { RestPull } from './connector-schema.ts';
import { RunError } from './run-error.ts';
import { createSnippet } from './snippet.ts';
import { createThrottle } from './throttle.ts';
import type { ThrottleOptions } from './throttle.ts';
import { createRecordingFetch } from './recording-fetch.ts';
import type { LastResponse } from './recording-fetch.ts';

/** What a connection uses of its environment. */
export interface ConnectContext {
  readonly env: Environment;
  /** Called with warnings, which do not stop the run. */
  readonly warn: (line: string) => void;
  /** Ends the requests of the connection. */
  readonly signal: AbortSignal;
  /** Called before each wait that the API asks for. */
  readonly onThrottled: ThrottleOptions['onWait'];
  /** The time of such waits. */
  readonly clock: Clock;
}

/** A client of a source's API, with its credential. The caller closes it. */
export interface Connection {
  readonly client: Client;
  /** The headers of every request. */
  readonly headers: Headers;
  readonly retryLimit: number;
  readonly bodyTimeoutMs: number;
  readonly signal: AbortSignal;
  /** The field of the credential; `undefined` without a credential. */
  readonly credential: 'spec.source.oauth' | 'spec.source.auth' | undefined;
  /** The last response of the token endpoint. */
  readonly lastTokenResponse: () => Promise<LastResponse | undefined>;
  /** The start of a text, without secrets. */
  readonly show: (text: string) => string;
  close(): Promise<void>;
}

/**
 * Creates the client of a source. The token is sent only to the origin of `spec.source.url`, is renewed before it
 * expires, and is rotated when the API rejects it. It is acquired with the first page.
 *
 * @throws RunError | TokenError when the file is wrong; nothing was sent
 */
export async function connectSource(
  source: RestPull,
  { env, warn, signal, onThrottled: onWait, clock }: ConnectContext,
): Promise<Connection> {
  const secrets = createSecretReader(env);
  const recording = createRecordingFetch(globalThis.fetch);
  const token = await createToken(source, { read: secrets.read, fetch: recording.fetch });
  const headers = withoutOverridden(token, source, warn);
  const { requestsPerSecond, maxThrottleMs } = source;
  const client = createClient(
    {
      baseUrl: new URL('/', source.url).href, // requests have whole addresses; this one is for the origin
      headers,
      timeout: source.timeoutMs,
      // without 429: it is no failure, and the throttle waits as long as the API asks
      retry: { limit: source.retryLimit, methods: ['get', 'post'], statusCodes: [408, 500, 502, 503, 504], always: [] },
      maxResponseBytes: source.maxPageBytes,
      userAgent: 'bearings-connector',
    },
    token === undefined ? sameOriginOnly : withBearerAuth(token),
    createThrottle({ requestsPerSecond, maxThrottleMs, clock, onWait }),
    await createSecretHeaders(source.secretHeaders, secrets.read),
  );
  return {
    client,
    headers: new Headers(headers),
    retryLimit: source.retryLimit,
    bodyTimeoutMs: source.bodyTimeoutMs,
    signal,
    credential: source.oauth === undefined ? source.auth && 'spec.source.auth' : 'spec.source.oauth',
    lastTokenResponse: recording.lastResponse,
    show: (text) =>
      createSnippet(text, [...secrets.known(), ...Object.values(source.headers), ...currentSecret(token)]),
    async close() {
      await client.close();
      await token?.close();
    },
  };
}

interface SecretReader {
  /** Reads a secret each time, because it may change while the connector runs. */
  readonly read: (reference: string) => Promise<SecretString>;
  readonly known: () => readonly string[];
}

function createSecretReader(env: ConnectContext['env']): SecretReader {
  const known = new Map<string, SecretString>();
  return {
    async read(reference) {
      const secret = await readSecret(reference, { env });
      if (secret.isErr()) throw new RunError('CONFIG', secret.error.message);
      known.set(reference, secret.value);
      return secret.value;
    },
    known: () => [...known.values()].map((secret) => secret.expose()),
  };
}

interface TokenContext {
  readonly read: SecretReader['read'];
  readonly fetch: typeof globalThis.fetch;
}

/** OAuth takes precedence over a bearer token. Each secret is read here once, so that errors appear before any request. */
async function createToken(
  { oauth, auth }: RestPull,
  { read: ask, fetch }: TokenContext,
): Promise<TokenHandle | undefined> {
  if (oauth === undefined && auth === undefined) return undefined;
  if (oauth === undefined) return auth && createStaticToken(auth.bearerTokenRef, ask);
  const { tokenUrl: tokenEndpoint, clientId, scopes, audience, clientSecretRef, clientAuthMethod } = oauth;
  if (clientSecretRef !== undefined) await ask(clientSecretRef);
  const proof =
    clientSecretRef === undefined
      ? ({ clientAuthMethod: 'none' } as const)
      : { clientSecret: () => ask(clientSecretRef), clientAuthMethod };
  return orThrow(Token.create({ tokenEndpoint, clientId, scopes, audience, ...proof, fetch, start: 'lazy' }));
}

async function createStaticToken(reference: string, ask: SecretReader['read']): Promise<TokenHandle> {
  await ask(reference);
  return staticToken(() => ask(reference));
}

/** Headers with secrets, read for each request: they may change while the connector runs. */
async function createSecretHeaders(
  references: RestPull['secretHeaders'],
  read: SecretReader['read'],
): Promise<readonly Layer[]> {
  const entries = Object.entries(references);
  for (const [, reference] of entries) await read(reference);
  if (entries.length === 0) return [];
  const secretHeaders = layer('auth', 'secret-headers', (next) => async (request, call) => {
    for (const [name, reference] of entries) call.headers.set(name, (await read(reference)).expose());
    return next(request, call);
  });
  return [secretHeaders];
}

/** The configured headers, without those that the file's credential overrides. */
function withoutOverridden(
  token: TokenHandle | undefined,
  { headers, oauth, auth }: RestPull,
  warn: ConnectContext['warn'],
): Record<string, string> {
  const winner = oauth === undefined ? 'spec.source.auth' : 'spec.source.oauth';
  if (oauth !== undefined && auth !== undefined)
    warn(`${winner} takes precedence over spec.source.auth, which is not used`);
  const isOverridden = (name: string): boolean => token !== undefined && name.toLowerCase() === 'authorization';
  const kept = Object.entries(headers).filter(([name]) => !isOverridden(name));
  for (const name of Object.keys(headers).filter(isOverridden)) {
    warn(`${winner} takes precedence over spec.source.headers.${name}, which is not sent`);
  }
  return Object.fromEntries(kept);
}

/** Used without a credential layer: configured headers may be secrets, so requests must stay within the origin. */
const sameOriginOnly: Layer = layer('auth', 'same-origin-only', (next, { baseUrl }) => async (request, call) => {
  const { origin } = new URL(request.url);
  if (origin === baseUrl?.origin) return next(request, call);
  throw new DestinationNotAllowedError(origin, `the source is ${baseUrl?.origin}`);
});

function currentSecret(token: TokenHandle | undefined): readonly string[] {
  const current = token?.read();
  return current?.isOk() === true ? [current.value.secret.expose()] : [];
}
