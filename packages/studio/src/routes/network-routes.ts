import type { Clock } from '@bearings/client';
import { discover } from '@bearings/oidc-discovery';
import { readTexts, readJson, readText } from '../server/read-json.ts';
import { toValue } from '../documents/parse-text.ts';
import { sendJson } from '../server/respond.ts';
import type { Route } from '../server/studio-server.ts';

/** The network that the page may look at through the studio. */
export interface NetworkContext {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

/** The routes that ask other servers: an issuer for its metadata, and an API for what it requires. Neither gets a secret. */
export function networkRoutes(context: NetworkContext): readonly (readonly [string, Route])[] {
  return [
    [
      'POST /api/discover',
      async (request, response) => {
        const body = await readJson(request);
        const insecureHttp = body['insecureHttp'] === true;
        sendJson(response, await discoverIssuer(readText(body, 'issuerUrl'), insecureHttp, context));
      },
    ],
    [
      'POST /api/probe',
      async (request, response) => {
        const body = await readJson(request);
        sendJson(response, await probeApi(readText(body, 'url'), context));
      },
    ],
  ];
}

/** What the form offers of an issuer's metadata. */
async function discoverIssuer(
  issuerUrl: string,
  insecureHttp: boolean,
  { fetch, clock }: NetworkContext,
): Promise<object> {
  const startedAt = clock.monotonic();
  const found = await discover(issuerUrl, { insecureHttp, fetch, clock });
  const tookMs = Math.round(clock.monotonic() - startedAt);
  if (found.isErr()) return { isFound: false, message: found.error.message, tookMs };
  const metadata = found.value;
  return {
    isFound: true,
    tookMs,
    tokenEndpoint: metadata.token_endpoint,
    scopes: readTexts(toValue(metadata['scopes_supported'])),
    methods: metadata.token_endpoint_auth_methods_supported ?? [],
    grants: readTexts(toValue(metadata['grant_types_supported'])),
  };
}

const probeTimeoutMs = 10_000;

/** How an API answers without a credential. */
async function probeApi(url: string, { fetch, clock }: NetworkContext): Promise<object> {
  const over = new AbortController();
  const cancel = clock.schedule(probeTimeoutMs, () => over.abort());
  try {
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: over.signal });
    await response.body?.cancel();
    const challenge = (response.headers.get('www-authenticate') ?? '').slice(0, 300);
    return { hasAnswered: true, status: response.status, challenge };
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
    return { hasAnswered: false, reason: over.signal.aborted ? 'no answer for 10 s' : code || 'the connection failed' };
  } finally {
    cancel();
  }
}
