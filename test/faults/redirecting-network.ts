import { createClient } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { createCertificate } from '../../packages/testing/src/server/certificate.ts';
import { settleCall } from './call-outcome.ts';
import type { CallOutcome } from './call-outcome.ts';
import { catalogue } from './catalogue.ts';
import type { LiteralResponse } from './catalogue.ts';
import { exampleHosts, createNetwork } from './example-network.ts';
import type { Network } from './example-network.ts';
import type { SeenRequest } from './seen-request.ts';

const { resource = '', accessToken = '' } = catalogue.fixtures;

/** The origin of a client, and the target of the redirect. */
export interface Detour {
  readonly status: number;
  readonly location: string;
  /** The first origin. Default: the catalogue's resource. */
  readonly from?: string;
  readonly client?: ClientOptions;
}

/** The outcome of a redirected call, and the requests that each host received. */
export interface Journey {
  readonly outcome: CallOutcome;
  readonly seen: readonly SeenRequest[];
}

const certificate = await createCertificate([...exampleHosts, 'eu.api.example']);

/** Makes an authenticated call to a server that redirects it. The target answers 200. Real sockets, real TLS. */
export async function redirected(detour: Detour, call = get): Promise<Journey> {
  const { status, location, from = resource } = detour;
  const sendOn: LiteralResponse = { status, headers: [['location', location]] };
  const answer = ({ url }: SeenRequest): LiteralResponse =>
    url === `${from}/start` ? sendOn : { status: 200, headers: [], body: 'arrived' };
  await using network = await createNetwork({ answer, certificate });
  const client = createClient(
    { baseUrl: from, fetch: plain(network.fetch), clock: network.clock, retry: 0, ...detour.client },
    withBearerAuth(staticToken(accessToken)),
  );
  const outcome = await network.settle(settleCall(call(client)));
  return { outcome, seen: [...network.seen] };
}

const get = (client: Client): Promise<Response> => client.get('start');

/** The same `fetch`, with plain responses of the platform. */
export function plain(fetch: Network['fetch']): typeof globalThis.fetch {
  return async (input, init) => {
    const { body, status, headers } = await fetch(input, init);
    return new Response(body, { status, headers });
  };
}
