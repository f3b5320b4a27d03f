import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback-server.ts';
import { createTokenVerifier } from './token-verifier.ts';
import type { GoodToken, Trust } from './token-verifier.ts';

/** The service that is called, and what it saw. */
export interface OrdersApi {
  readonly url: string;
  readonly seen: Seen;
  /** Lets that many more calls pass, then revokes every token it has seen. */
  revokeAfter(calls: number): void;
  close(): Promise<void>;
}

/** What the API saw. */
interface Seen {
  /** The orders asked for; each call asks for one of its own. */
  readonly orders: ReadonlySet<string>;
  /** Orders asked for again. */
  readonly replays: number;
  /** The ids of the good tokens, and when each runs out, in milliseconds since the epoch. */
  readonly tokens: ReadonlyMap<string, number>;
  /** Calls answered with 401. */
  readonly rejected: number;
}

/** Starts the orders API. It takes the tokens of one provider, as long as they are meant for it and not revoked. */
export async function startOrdersApi(trust: Trust): Promise<OrdersApi> {
  const server = await listenOnLoopback();
  const verify = createTokenVerifier(trust);
  const seen = { orders: new Set<string>(), replays: 0, tokens: new Map<string, number>(), rejected: 0 };
  const revoked = new Set<string>();
  let passesLeft = Infinity;

  const isWelcome = (token: GoodToken | undefined): token is GoodToken => {
    if (passesLeft <= 0) {
      for (const id of seen.tokens.keys()) revoked.add(id);
      passesLeft = Infinity;
    }
    return token !== undefined && !revoked.has(token.id);
  };

  const answer = async ({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (seen.orders.has(url)) seen.replays += 1;
    seen.orders.add(url);
    const token = await verify(headers.authorization);
    if (!isWelcome(token)) {
      seen.rejected += 1;
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    passesLeft -= 1;
    seen.tokens.set(token.id, token.expiresAt);
    const order = { id: url.split('/').at(-1), total: 99.5 };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(order));
  };

  server.answerWith((request, response) => void answer(request, response));
  return {
    url: server.origin,
    seen,
    revokeAfter: (calls) => {
      passesLeft = calls;
    },
    close: () => server.goDown(),
  };
}
