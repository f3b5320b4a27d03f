import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { onTestFinished } from 'vitest';
import { platformJwk, platformKey } from './platform.ts';

/** A certified provider on loopback, with the grants that it leaves to its operators. */
export interface RealServer {
  readonly issuerUrl: string;
  /** The forms that its token endpoint has received. */
  readonly forms: Readonly<Record<string, string>>[];
  /** The subject that a token was issued to. */
  readonly owner: (token: string) => string | undefined;
  readonly setDown: (isDown: boolean) => void;
}

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Issues a token for the subject of a JWT of the platform. */
function issueFor(param: 'subject_token' | 'assertion', audience: string, owners: Map<string, string>) {
  return async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { client, params = {}, provider } = ctx.oidc;
    if (client === undefined) throw new errors.InvalidClient('no client');
    let subject: string | undefined;
    try {
      ({
        payload: { sub: subject },
      } = await jwtVerify(String(params[param]), platformKey.publicKey, { audience }));
    } catch {
      throw new errors.InvalidGrant('the token is not valid');
    }
    const scope = typeof params['scope'] === 'string' ? params['scope'] : '';
    const token = new provider.ClientCredentials({ client, scope });
    const value = await token.save();
    owners.set(value, String(subject));
    ctx.body = {
      access_token: value,
      token_type: 'Bearer',
      expires_in: token.expiration,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      ...(params['scope'] !== undefined && { scope: params['scope'] }),
    };
  };
}

/** @param clients - besides `app`, which has a secret, and `workload`, whose assertions the platform signs */
export async function startServer(): Promise<RealServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const common = {
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials', exchangeGrant, jwtGrant],
  };
  const provider = new Provider(issuerUrl, {
    clients: [
      { client_id: 'app', client_secret: 'a client secret', ...common },
      {
        client_id: 'workload',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [platformJwk] },
        ...common,
      },
    ] as never,
    scopes: ['orders.read', 'orders.write'],
    features: { clientCredentials: { enabled: true }, introspection: { enabled: true } },
    ttl: { ClientCredentials: 7_200 },
  });
  const owners = new Map<string, string>();
  const parameters = ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'resource', 'scope'];
  provider.registerGrantType(exchangeGrant, issueFor('subject_token', 'app', owners), [
    ...parameters,
    'actor_token',
    'actor_token_type',
  ]);
  provider.registerGrantType(jwtGrant, issueFor('assertion', issuerUrl, owners), ['assertion', 'scope']);
  const forms: Record<string, string>[] = [];
  let isDown = false;
  provider.use(async (ctx, next) => {
    if (isDown) {
      ctx.status = 503;
      return;
    }
    await next();
    if (ctx.path === '/token') forms.push({ ...ctx.oidc.params } as Record<string, string>);
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    issuerUrl,
    forms,
    owner: (token) => owners.get(token),
    setDown: (down) => void (isDown = down),
  };
}
