import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, decodeJwt, EmbeddedJWK, jwtVerify } from 'jose';
import { Provider } from 'oidc-provider';

interface Running extends AsyncDisposable {
  readonly url: string;
}

/** What a server of the tests has seen of one request. */
export interface SeenProof {
  readonly status: number;
  readonly jti: string;
  readonly htu: string;
  readonly htm: string;
  readonly nonce: string | undefined;
}

/** An authorization server that demands nonces in proofs and accepts each proof once. */
export async function startProvider(isDpop = true): Promise<Running & { readonly statuses: readonly number[] }> {
  const statuses: number[] = [];
  const server = await listen();
  const provider = new Provider(server.url, {
    clients: [
      {
        client_id: 'orders',
        client_secret: 'orders-secret',
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        ...(isDpop && { dpop_bound_access_tokens: true }),
      },
    ],
    scopes: ['orders.read'],
    features: {
      clientCredentials: { enabled: true },
      dPoP: { enabled: isDpop, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => true },
    },
  });
  const answer = provider.callback();
  server.respond((request, response) => {
    response.once('finish', () => request.method === 'POST' && statuses.push(response.statusCode));
    void answer(request, response);
  });
  return { url: server.url, statuses, [Symbol.asyncDispose]: () => server.close() };
}

/** How an API judges a request besides its proof. */
export interface ApiRules {
  /** The nonce that proofs must have now; `undefined` for none. */
  readonly nonce?: () => string | undefined;
  /** True when the proof has a nonce that is accepted. Default: the current one. */
  readonly acceptsNonce?: (nonce: string | undefined) => boolean;
  /** Tokens that are rejected with `invalid_token`. */
  readonly rejected?: ReadonlySet<string>;
  /** Answers instead, when the request is in order. */
  readonly respond?: (request: IncomingMessage) => { readonly status: number; readonly location?: string } | undefined;
}

/** An API that verifies proofs as RFC 9449 §4.3 says: signature, method, address, hash of the token, nonce, replay. */
export async function startApi(rules: ApiRules = {}): Promise<Running & { readonly seen: readonly SeenProof[] }> {
  const server = await listen();
  const seen: SeenProof[] = [];
  const used = new Set<string>();
  const judge = async (request: IncomingMessage): Promise<readonly [number, string?]> => {
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
    const hasProof = request.headers['dpop'] !== undefined;
    if (scheme !== 'DPoP' && hasProof) seen.push({ status: 401, jti: '', htu: '', htm: '', nonce: undefined });
    if (scheme !== 'DPoP') return [401, 'DPoP error="invalid_token", error_description="scheme"'];
    const { payload, protectedHeader } = await jwtVerify(String(request.headers['dpop']), EmbeddedJWK, {
      typ: 'dpop+jwt',
      maxTokenAge: 60,
    });
    const { jti = '', htu, htm, ath, nonce } = payload;
    const found = { jti, htu: String(htu), htm: String(htm), nonce: typeof nonce === 'string' ? nonce : undefined };
    const verdict = ((): readonly [number, string?] => {
      const address = `${server.url}${(request.url ?? '').split('?')[0] ?? ''}`;
      const isReplay = used.has(jti);
      used.add(jti);
      const isRight = htu === address && htm === request.method && !isReplay && !('d' in (protectedHeader.jwk ?? {}));
      if (!isRight) return [401, 'DPoP error="invalid_dpop_proof"'];
      if (ath !== createHash('sha256').update(token).digest('base64url'))
        return [401, 'DPoP error="invalid_dpop_proof"'];
      const wanted = rules.nonce?.();
      const accepts = rules.acceptsNonce ?? ((given) => wanted === undefined || given === wanted);
      if (!accepts(found.nonce)) return [401, 'DPoP error="use_dpop_nonce"'];
      return rules.rejected?.has(token) === true ? [401, 'DPoP error="invalid_token"'] : [200];
    })();
    seen.push({ status: verdict[0], ...found });
    return verdict;
  };
  server.respond((request, response) => {
    void judge(request)
      .catch(() => [401, 'DPoP error="invalid_dpop_proof", error_description="unreadable"'] as const)
      .then(([status, challenge]) => {
        const nonce = rules.nonce?.();
        const own = status === 200 ? rules.respond?.(request) : undefined;
        response.writeHead(own?.status ?? status, {
          'content-type': 'application/json',
          ...(nonce !== undefined && { 'dpop-nonce': nonce }),
          ...(challenge !== undefined && { 'www-authenticate': challenge }),
          ...(own?.location !== undefined && { location: own.location }),
        });
        response.end('{}');
      });
  });
  return { url: server.url, seen, [Symbol.asyncDispose]: () => server.close() };
}

/** The thumbprint of the key that signed a proof. */
export async function proofThumbprint(proof: string): Promise<string> {
  const { jwk } = JSON.parse(Buffer.from(proof.split('.')[0] ?? '', 'base64url').toString()) as { jwk: object };
  decodeJwt(proof);
  return calculateJwkThumbprint(jwk);
}

async function listen(): Promise<{
  readonly url: string;
  readonly respond: (listener: RequestListener) => Server;
  readonly close: () => Promise<void>;
}> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    respond: (listener) => server.on('request', listener),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
