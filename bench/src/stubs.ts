import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import type { TokenConfig } from '@bearings/oauth-bearer';
import { randomBytes } from 'node:crypto';
import { registration } from './contender.ts';

/** No server listens there: no call of these cases leaves the process. */
export const home = 'https://orders.bench.example';
export const order: string = JSON.stringify({ id: '42', item: 'ball bearing 6204-2RS', quantity: 12, state: 'packed' });

const answer = (): string => {
  const token = randomBytes(480).toString('base64url'); // as long as a JWT
  return JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3_600 });
};

/** A token whose token endpoint is a function. */
export const stubConfig: TokenConfig = {
  tokenEndpoint: 'https://id.bench.example/token',
  ...registration,
  fetch: async () => new Response(answer(), { headers: { 'content-type': 'application/json' } }),
};

/** A fresh token, good for an hour. */
export async function stubToken(): Promise<Token> {
  return await orThrow(Token.create(stubConfig));
}
