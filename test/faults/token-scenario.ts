import { createClient } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenConfig } from '@bearings/oauth-bearer';
import { expect } from 'vitest';
import type { Network } from './example-network.ts';
import { clientId, clientSecret, resource, tokenEndpoint } from './example-servers.ts';
import type { TokenResult } from './outcome.ts';
import type { Replay } from './replay.ts';

/** The result of one call to the resource. */
export interface CallResult {
  readonly response?: Response;
  readonly error?: unknown;
}

/** The result of a scenario: a token request, then calls to the resource. */
export interface ScenarioResult extends Replay {
  readonly network: Network;
  readonly config: TokenConfig;
  /** `undefined` when the config was rejected. */
  readonly token: Token | undefined;
  /** The result of the token request. */
  readonly first: TokenResult;
  /** The duration of the token request, in virtual milliseconds. */
  readonly tookMs: number;
  readonly calls: readonly CallResult[];
  readonly client: Client | undefined;
  /** The requests that the client's hooks received. */
  readonly watched: readonly Request[];
}

/** Changes to the default scenario. */
export interface ScenarioOptions {
  readonly config?: Partial<TokenConfig>;
  readonly client?: ClientOptions;
  /** Number of calls to the resource. Default: 1. */
  readonly calls?: number;
  /** Virtual milliseconds before each call. Default: 0. */
  readonly everyMs?: number;
}

/** Requests a token and calls the resource with it. */
export async function runScenario(
  replay: Replay,
  network: Network,
  options: ScenarioOptions = {},
): Promise<ScenarioResult> {
  const startedAt = network.clock.monotonic();
  const config = scenarioConfig(network, options.config);
  const watched: Request[] = [];
  const nothing = { ...replay, network, config, watched, token: undefined, client: undefined, tookMs: 0, calls: [] };
  const created = await Token.create({ ...config, start: 'lazy' });
  if (created.isErr()) return { ...nothing, first: created };
  const token = created.value;
  const first = await network.settle(token.get());
  const tookMs = network.clock.monotonic() - startedAt;
  const client = createHookedClient({ network, token, watched }, options.client);
  const calls: CallResult[] = [];
  for (let count = 0; count < (options.calls ?? 1); count += 1) {
    await network.pass(options.everyMs ?? 0);
    calls.push(await network.settle(callResource(client)));
  }
  return { ...nothing, token, client, first, tookMs, calls };
}

/** A client of the resource. Its hooks record the requests they receive. */
function createHookedClient(
  { network, token, watched }: { network: Network; token: Token; watched: Request[] },
  options: ClientOptions = {},
): Client {
  const watch = ({ request }: { readonly request: Request }): void => void watched.push(request);
  const hooks = { beforeRequest: [watch], afterResponse: [watch] };
  const { fetch, clock } = network;
  return createClient({ baseUrl: resource, fetch, clock, retry: 0, hooks, ...options }, withBearerAuth(token));
}

/** The config of the catalogue's client, with the clock of a network. */
export function scenarioConfig({ fetch, clock }: Network, changes: Partial<TokenConfig> = {}): TokenConfig {
  const endpoint = changes.issuerUrl === undefined ? { tokenEndpoint } : {};
  return { ...endpoint, clientId, clientSecret, fetch, clock, random: () => 0.5, ...changes };
}

/** Calls the resource once and reads the body. */
export async function callResource(client: Client): Promise<CallResult> {
  try {
    const response = await client.get('v1/orders/42', { throwHttpErrors: false });
    await response.text();
    return { response };
  } catch (error) {
    return { error };
  }
}

/** Closes a scenario. Checks that no printed text contains a secret, and that no request and no timer is left. */
export async function closeScenario({
  network,
  token,
  client,
  first,
  calls,
  watched,
  hides,
}: ScenarioResult): Promise<void> {
  hides([token, token?.status(), client, first, ...calls, ...watched]);
  hides(first.isErr() ? first.error : undefined);
  for (const { error } of calls) hides(error);
  await token?.close();
  hides(token);
  await network.pass(0);
  expect(network.loopback.open).toBe(0);
  expect(network.pending).toBe(0);
}
