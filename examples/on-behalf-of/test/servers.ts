import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify, SignJWT } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { onTestFinished } from 'vitest';

/** Listens on loopback until the test ends. */
export async function listen(listener?: RequestListener): Promise<{
  readonly origin: string;
  readonly answerWith: (listener: RequestListener) => void;
}> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, answerWith: (given) => void server.on('request', given) };
}

const users = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The token that a user's request has. */
export function signIn(user: string, lifetimeS = 3_600): Promise<string> {
  return new SignJWT({ sub: user })
    .setProtectedHeader({ alg: 'ES256' })
    .setAudience('gateway')
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetimeS)
    .sign(users.privateKey);
}

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** An OpenID provider that exchanges tokens of users, and an API that answers with the user of the token. */
export async function startServers(): Promise<{
  readonly issuerUrl: string;
  readonly ordersUrl: string;
  /** The users of all exchanges, in order. */
  readonly exchanges: readonly string[];
}> {
  const owners = new Map<string, string>();
  const exchanges: string[] = [];
  const authorization = await listen();
  const provider = new Provider(authorization.origin, {
    clients: [
      {
        client_id: 'gateway',
        client_secret: 'a client secret',
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials', exchangeGrant],
      },
    ] as never,
    features: { clientCredentials: { enabled: true } },
  });
  const exchange = async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { client, params = {} } = ctx.oidc;
    if (client === undefined) throw new errors.InvalidClient('no client');
    const user = await verify(String(params['subject_token']));
    const token = new provider.ClientCredentials({ client, scope: '' });
    const value = await token.save();
    owners.set(value, user);
    exchanges.push(user);
    ctx.body = { access_token: value, token_type: 'Bearer', expires_in: token.expiration };
  };
  provider.registerGrantType(exchangeGrant, exchange, ['subject_token', 'subject_token_type', 'audience']);
  const answer = provider.callback();
  authorization.answerWith((request, response) => void answer(request, response));
  const orders = await listen((request, response) => {
    const user = owners.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    response.writeHead(user === undefined ? 401 : 200, { 'content-type': 'application/json' });
    setImmediate(() => response.end(JSON.stringify({ user }))); // so that answers overtake each other
    request.resume();
  });
  return { issuerUrl: authorization.origin, ordersUrl: orders.origin, exchanges };
}

async function verify(subjectToken: string): Promise<string> {
  try {
    return String((await jwtVerify(subjectToken, users.publicKey, { audience: 'gateway' })).payload.sub);
  } catch {
    throw new errors.InvalidGrant('the token is not valid');
  }
}
