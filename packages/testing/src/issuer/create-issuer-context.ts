import type { Clock } from '@bearings/client';
import type { IssuerContext } from './issuer-context.ts';
import { endpointPaths } from './issuer-endpoint.ts';
import type { PathEndpoint } from './issuer-endpoint.ts';
import { readSettings } from './issuer-options.ts';
import type { FakeIssuerOptions } from './issuer-options.ts';
import type { RegisteredClient } from './registered-client.ts';
import { authorizationCodes } from './state/authorization-codes.ts';
import { deviceCodes } from './state/device-codes.ts';
import { issuedTokens } from './state/issued-tokens.ts';
import { refreshTokens } from './state/refresh-tokens.ts';

const defaultClient: RegisteredClient = { clientId: 'test-client', clientSecret: 'test-client-secret' };

type GivenContext = Pick<IssuerContext, 'issuerUrl' | 'consent'> & { readonly clock: Clock };

/** Creates the empty state of an issuer. */
export function createIssuerContext(options: FakeIssuerOptions, given: GivenContext): IssuerContext {
  const { clients = [defaultClient], tokenFormat = 'jwt' } = options;
  const { opaqueToken = (count: number) => `opaque-token-${count}` } = options;
  const { clock, issuerUrl } = given;
  const settings = readSettings(options);
  const { tokenLifetimeMs, rotation, refreshTokenLifetimeMs, deviceIntervalMs, deviceCodeLifetimeMs } = settings;
  const endpointUrl = (endpoint: PathEndpoint): string => `${issuerUrl().replace(/\/$/, '')}${endpointPaths[endpoint]}`;
  const seenIds = new Set<string>();
  return {
    ...given,
    settings,
    clients,
    endpointUrl,
    tokens: issuedTokens({ format: tokenFormat, lifetimeMs: tokenLifetimeMs, opaqueToken, clock, issuer: issuerUrl }),
    refreshTokens: refreshTokens({ rotation, lifetimeMs: refreshTokenLifetimeMs, clock }),
    codes: authorizationCodes(clock),
    devices: deviceCodes({ intervalMs: deviceIntervalMs, lifetimeMs: deviceCodeLifetimeMs, clock }),
    grants: [],
    assertions: () => ({ audiences: [issuerUrl(), endpointUrl('token')], now: clock.now(), seenIds }),
  };
}
