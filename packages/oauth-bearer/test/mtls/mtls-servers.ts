import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createLocalJWKSet, exportJWK, jwtVerify } from 'jose';
import type { JWK } from 'jose';
import { Provider } from 'oidc-provider';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import type { Certificate } from '../../../testing/src/server/certificate.ts';

/** The authority of the servers, and of the clients that authenticate by a certificate of an authority. */
export const authority = await createCertificate(['authority.test']);
/** Another one, which no server trusts. */
export const otherAuthority = await createCertificate(['other.test']);
const dayMs = 86_400_000;
const serverCertificate = await createCertificate(['127.0.0.1'], Date.now() + dayMs, authority);

/** A certificate of a client, by its name. */
export const issue = (name: string, { endsAt = Date.now() + dayMs, by = authority } = {}): Promise<Certificate> =>
  createCertificate([name], endsAt, by);

/** `x5t#S256` of a certificate (RFC 8705 §3.1). */
export const thumbprint = ({ cert }: Pick<Certificate, 'cert'>): string =>
  createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');

interface Running extends AsyncDisposable {
  readonly url: string;
}

/** A request to the token endpoint, and the port it came to. */
interface SeenRequest {
  readonly isAlias: boolean;
  readonly status: number;
  readonly params: URLSearchParams;
  readonly hasAuthorization: boolean;
}

export interface RealProvider extends Running {
  readonly requests: readonly SeenRequest[];
  readonly keys: { readonly keys: readonly JWK[] };
}

/** What differs from the default. */
export interface ProviderOptions {
  readonly features?: Configuration['features'];
  /** Default: true. */
  readonly issuesBoundTokens?: boolean;
  /** Members of the metadata. */
  readonly discovery?: Readonly<Record<string, unknown>>;
  /** Options of the port for client certificates. Default: a certificate is asked for, and the provider judges it. */
  readonly tls?: Readonly<Record<string, unknown>>;
}

/** An authorization server over TLS. Only its second port asks for client certificates. */
export async function startProvider(
  client: Partial<ClientMetadata>,
  options: ProviderOptions = {},
): Promise<RealProvider> {
  const requests: SeenRequest[] = [];
  const main = await listen({});
  const alias = await listen({ requestCert: true, rejectUnauthorized: false, ca: authority.cert, ...options.tls });
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'k1' };
  const provider = new Provider(main.url, {
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: 'orders',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
        ...client,
      },
    ],
    clientAuthMethods: [
      'tls_client_auth',
      'self_signed_tls_client_auth',
      'private_key_jwt',
      'client_secret_basic',
      'none',
    ],
    scopes: ['orders.read'],
    discovery: { mtls_endpoint_aliases: { token_endpoint: `${alias.url}/token` }, ...options.discovery },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: options.issuesBoundTokens ?? true,
        selfSignedTlsClientAuth: true,
        tlsClientAuth: true,
        getCertificate: ({ socket }) => peer(socket)?.toString(),
        certificateAuthorized: ({ socket }) => (socket as TLSSocket).authorized,
        certificateSubjectMatches: ({ socket }, _, expected) => peer(socket)?.checkHost(expected) !== undefined,
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'orders.read',
          accessTokenFormat: 'jwt',
          audience: 'orders',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
      ...options.features,
    },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.path !== '/token') return;
    const { oidc } = context as unknown as { oidc?: { params?: object; body?: Record<string, string> } };
    requests.push({
      isAlias: `https://${context.host}` === alias.url,
      status: context.status,
      params: new URLSearchParams(oidc?.body),
      hasAuthorization: context.headers.authorization !== undefined,
    });
  });
  const answer = provider.callback();
  for (const server of [main, alias]) server.respond((request, response) => void answer(request, response));
  return {
    url: main.url,
    requests,
    keys: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'k1' }] },
    async [Symbol.asyncDispose]() {
      await Promise.all([main.close(), alias.close()]);
    },
  };
}

/** An API that accepts a token over a connection with the certificate it is bound to (RFC 8705 §3). */
export async function startApi({
  keys,
}: RealProvider): Promise<Running & { readonly seen: readonly [number, string][] }> {
  const seen: [number, string][] = [];
  const server = await listen({ requestCert: true, rejectUnauthorized: false, ca: authority.cert });
  const keySet = createLocalJWKSet({ keys: [...keys.keys] });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const own = peer(request.socket);
    const used = own === undefined ? 'none' : thumbprint({ cert: own.toString() });
    const token = String(request.headers.authorization).replace('Bearer ', '');
    const boundTo = await jwtVerify(token, keySet, { audience: 'orders' }).then(
      ({ payload }): unknown => Object(payload['cnf'])['x5t#S256'],
      () => undefined, // a request without a token, or with another one
    );
    const status = boundTo === used ? 200 : 401;
    seen.push([status, used]);
    response.writeHead(status, status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {}).end('{}');
  };
  server.respond((request, response) => void answer(request, response));
  return { url: server.url, seen, [Symbol.asyncDispose]: () => server.close() };
}

function peer(socket: unknown): X509Certificate | undefined {
  return (socket as TLSSocket).getPeerX509Certificate();
}

async function listen(options: object): Promise<{
  readonly url: string;
  readonly respond: (listener: RequestListener) => Server;
  readonly close: () => Promise<void>;
}> {
  const server = createServer({ ...serverCertificate, ...options });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    respond: (listener) => server.on('request', listener),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
