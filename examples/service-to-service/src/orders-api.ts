import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback-server.ts';
import { createTokenVerifier } from './token-verifier.ts';
import type { VerifiedToken, VerifierOptions } from './token-verifier.ts';

/** The called service, and the requests it received. */
export interface OrdersApi {
  readonly url: string;
  readonly seen: Seen;
  /** Accepts this number of calls, then revokes every token it has received. */
  revokeAfter(calls: number): void;
  close(): Promise<void>;
}

/** The requests that the API received. */
interface Seen {
  /** The requested orders; each call requests a different one. */
  readonly orders: ReadonlySet<string>;
  /** The number of orders requested again. */
  readonly replays: number;
  /** The ids of the accepted tokens, and when each expires, in milliseconds since the epoch. */
  readonly tokens: ReadonlyMap<string, number>;
  /** The number of calls rejected with 401. */
  readonly rejected: number;
}

/** Starts the orders API. It accepts tokens of one provider that are issued for it and not revoked. */
export async function startOrdersApi(trust: VerifierOptions): Promise<OrdersApi> {
  const server = await listenOnLoopback();
  const verify = createTokenVerifier(trust);
  const seen = { orders: new Set<string>(), replays: 0, tokens: new Map<string, number>(), rejected: 0 };
  const revoked = new Set<string>();
  let callsLeft = Infinity;

  const isAccepted = (token: VerifiedToken | undefined): token is VerifiedToken => {
    if (callsLeft <= 0) {
      for (const id of seen.tokens.keys()) revoked.add(id);
      callsLeft = Infinity;
    }
    return token !== undefined && !revoked.has(token.id);
  };

  const answer = async ({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (seen.orders.has(url)) seen.replays += 1;
    seen.orders.add(url);
    const token = await verify(headers.authorization);
    if (!isAccepted(token)) {
      seen.rejected += 1;
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    callsLeft -= 1;
    seen.tokens.set(token.id, token.expiresAt);
    const order = { id: url.split('/').at(-1), total: 99.5 };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(order));
  };

  server.answerWith((request, response) => void answer(request, response));
  return {
    url: server.origin,
    seen,
    revokeAfter: (calls) => {
      callsLeft = calls;
    },
    close: () => server.goDown(),
  };
}
