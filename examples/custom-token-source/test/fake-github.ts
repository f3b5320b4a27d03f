import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyObject } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';

/** A small server with the two endpoints that the example uses. */
export interface FakeGitHub extends AsyncDisposable {
  readonly url: string;
  /** How many installation tokens were requested. */
  readonly tokenRequests: number;
  isInstalled: boolean;
  /** Makes the API reject the tokens that were issued. */
  revoke(): void;
}

/** Starts it on a free port. It accepts JWTs that are signed with the app's key, by this app, for at most ten minutes. */
export async function startFakeGitHub(appKey: KeyObject, appId: string): Promise<FakeGitHub> {
  let [tokenRequests, valid] = [0, ''];

  const isApp = async (jwt: string): Promise<boolean> => {
    try {
      const { payload } = await jwtVerify(jwt, appKey, { issuer: appId, requiredClaims: ['iat', 'exp'] });
      return (payload.exp ?? 0) - (payload.iat ?? 0) <= 600;
    } catch {
      return false;
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (status: number, body: object): unknown =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const bearer = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (request.url === '/installation/repositories') {
      return void (bearer === valid ? send(200, { total_count: 2 }) : send(401, { message: 'Bad credentials' }));
    }
    tokenRequests += 1;
    if (!(await isApp(bearer))) return void send(401, { message: 'A JSON web token could not be decoded' });
    if (!github.isInstalled || request.url !== '/app/installations/7/access_tokens') {
      return void send(404, { message: 'Not Found' });
    }
    valid = `ghs_${tokenRequests}`;
    return void send(201, { token: valid, expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const github: FakeGitHub = {
    url: `http://127.0.0.1:${port}/`,
    isInstalled: true,
    get tokenRequests() {
      return tokenRequests;
    },
    revoke: () => void (valid = ''),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return github;
}
