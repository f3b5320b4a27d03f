import { fakeApi, fakeIssuer, faults } from '@bearings/testing';
import type { Connect, Order } from './settings.ts';

/** What a client did with its calls. */
interface Phase {
  readonly tokenRequests: number;
  /** Calls that failed, or whose answer was a wrong one. */
  readonly lostCalls: number;
}

export interface Outcome {
  /** The first calls, all at once. */
  readonly cold: Phase;
  /** Calls all at once, after the API has revoked the token. */
  readonly revoked: Phase;
}

export interface SceneOptions {
  /** The API is reached by https. Default: false. */
  readonly tls?: boolean;
}

const calls = 20;

/** Runs the scene with one client, against an issuer and an API on real sockets. */
export async function runScene(connect: Connect, { tls = false }: SceneOptions = {}): Promise<Outcome> {
  await using issuer = await fakeIssuer({ tokenFormat: 'opaque' }).listen();
  await using api = await fakeApi(issuer, {
    'GET /v1/orders/:id': ({ params }) => ({ id: Number(params['id']) }),
    'POST /v1/orders': async ({ request }) => request.json(),
  }).listen({ tls });
  const tokenEndpointDelayMs = 30;
  issuer.inject(faults.delay(tokenEndpointDelayMs));
  const { tokenEndpoint, credentials } = issuer;
  const orders = await connect({ apiUrl: api.origin, tokenEndpoint, certificate: api.certificate, ...credentials });

  const cold = await measure(async (id) => orders.get(id));
  issuer.revoke();
  const before = issuer.counts.token;
  const revoked = await measure(async (id) => orders.create({ id }));
  await orders.close?.();

  return {
    cold: { tokenRequests: before, lostCalls: cold },
    revoked: { tokenRequests: issuer.counts.token - before, lostCalls: revoked },
  };
}

/** Sends all calls at once and counts those that are lost. */
async function measure(send: (id: number) => Promise<Order>): Promise<number> {
  const ids = Array.from({ length: calls }, (_, index) => index + 1);
  const results = await Promise.allSettled(ids.map(send));
  return results.filter((result, index) => result.status === 'rejected' || result.value?.id !== ids[index]).length;
}
