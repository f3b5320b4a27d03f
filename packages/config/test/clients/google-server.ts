import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { jwtVerify } from 'jose';

/** A token endpoint that takes the JWTs of one service account, as Google's does. */
export interface GoogleServer extends AsyncDisposable {
  /** The key file as it is downloaded. */
  readonly keyFile: string;
  /** The claims of the JWTs that it has accepted. */
  readonly accepted: readonly object[];
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const email = 'reader@shop.iam.gserviceaccount.com';

export async function startGoogleServer(): Promise<GoogleServer> {
  const accepted: object[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      const assertion = new URLSearchParams(Buffer.concat(chunks).toString()).get('assertion') ?? '';
      const { payload } = await jwtVerify(assertion, publicKey, { issuer: email, audience: tokenUri });
      accepted.push(payload);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'google-token', token_type: 'Bearer', expires_in: 3_599 }));
    })().catch(() => response.writeHead(400).end('{"error":"invalid_grant"}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const tokenUri = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/token`;
  const key = {
    type: 'service_account',
    project_id: 'shop',
    private_key_id: 'kid-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: email,
    token_uri: tokenUri,
  };
  return {
    keyFile: JSON.stringify(key, null, 2),
    accepted,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
