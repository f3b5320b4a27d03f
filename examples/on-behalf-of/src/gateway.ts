import { AsyncLocalStorage } from 'node:async_hooks';
import { createClient, isBearingsError, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { TokenPool, withBearerAuth } from '@bearings/oauth-bearer';

export interface Settings {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly ordersUrl: string;
}

/** The calls that this service makes on behalf of its callers. */
export interface Gateway extends AsyncDisposable {
  /** The client of the orders API. Each call has the token that the current caller's token was exchanged for. */
  readonly orders: Client;
  /** Answers one request: every call in it, however deep and late, is made for the caller with this `Authorization`. */
  readonly run: <T>(authorization: string | undefined, answer: () => T) => T;
}

/** One pool and one client for all callers. */
export function createGateway({ ordersUrl, ...settings }: Settings): Gateway {
  const pool = orThrow(TokenPool.create(settings));
  const caller = new AsyncLocalStorage<string>();
  const exchanged = withBearerAuth(() => pool.onBehalfOf(caller.getStore() ?? '', { audience: 'orders' }));
  return {
    orders: createClient({ baseUrl: ordersUrl }, exchanged),
    run: (authorization, answer) => caller.run(readToken(authorization), answer),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** RFC 6750 §2.1. Without a token it is empty, which the pool refuses: nothing is sent. */
const readToken = (authorization = ''): string => /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1] ?? '';

/** The status for a failed call: 401 when the caller's token is missing, has expired or was refused, otherwise 502. */
export function toStatus(error: unknown): 401 | 502 {
  if (isBearingsError(error, 'TOKEN_CONFIG') && error.field.endsWith('subjectToken')) return 401;
  const isRefused = isBearingsError(error, 'TOKEN_HTTP') && /^invalid_(?:grant|request)$/.test(error.oauthError ?? '');
  return isRefused ? 401 : 502; // RFC 8693 §2.2.2
}
