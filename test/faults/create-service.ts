import { createClient } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenConfig } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, combineFetch, virtualClock } from '@bearings/testing';
import type { FakeApi, FakeIssuer, FakeIssuerOptions, Routes, VirtualClock } from '@bearings/testing';
import { onTestFinished } from 'vitest';
import { catalogue } from './catalogue.ts';

/** Changes to the default service. */
export interface ServiceOptions {
  readonly issuer?: FakeIssuerOptions;
  readonly token?: Partial<TokenConfig>;
  readonly client?: ClientOptions;
  readonly routes?: Routes;
}

/** A service with a token, and its servers, in virtual time. Every secret contains the text CANARY. */
export interface Service {
  readonly clock: VirtualClock;
  readonly issuer: FakeIssuer;
  readonly api: FakeApi;
  readonly config: TokenConfig;
  readonly token: Token;
  readonly client: Client;
  /** The tokens that the API received, in order. */
  readonly sent: () => readonly (string | undefined)[];
}

export const { clientId = '', clientSecret = '', resource = '' } = catalogue.fixtures;

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** Creates the catalogue's issuer. Its tokens are at_CANARY_1, at_CANARY_2 and so on. */
export function createIssuer(options: FakeIssuerOptions = {}): FakeIssuer {
  const { issuer: issuerUrl = '' } = catalogue.fixtures;
  const opaqueToken = (count: number): string => `at_CANARY_${count}`;
  return fakeIssuer({
    issuerUrl,
    tokenFormat: 'opaque',
    opaqueToken,
    clients: [{ clientId, clientSecret }],
    ...options,
  });
}

/** Creates a service. Its tokens live for an hour and are renewed after 30 minutes, without jitter. Calls are not retried. */
export async function createService(options: ServiceOptions = {}): Promise<Service> {
  const clock = virtualClock();
  const issuer = createIssuer({ clock, ...options.issuer });
  const api = fakeApi(issuer, options.routes, { origin: resource, clock });
  const config = tokenConfig(issuer, { clock, fetch: combineFetch(issuer, api), ...options.token });
  const token = (await Token.create(config)).unwrap();
  onTestFinished(() => token.close());
  const { fetch = globalThis.fetch } = config;
  const client = createClient({ baseUrl: resource, fetch, clock, retry: 0, ...options.client }, withBearerAuth(token));
  const sent = (): readonly (string | undefined)[] =>
    api.requests.map((request) => request.header('authorization')?.replace('Bearer ', ''));
  return { clock, issuer, api, config, token, client, sent };
}

/** The config of a token from this issuer. */
export function tokenConfig(issuer: FakeIssuer, changes: Partial<TokenConfig>): TokenConfig {
  const { tokenEndpoint } = issuer;
  return { tokenEndpoint, clientId, clientSecret, jitterMaxMs: 0, random: () => 0.5, ...changes };
}

/** Runs a function that must throw, and returns the error. */
export async function catchError(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('The call should have failed, and succeeded');
}

/** The secret value of a token. */
export function tokenValue(answer: { unwrap: () => { secret: { expose: () => string } } }): string {
  return answer.unwrap().secret.expose();
}
