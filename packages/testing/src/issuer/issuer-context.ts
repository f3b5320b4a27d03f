import type { Clock } from '@bearings/client';
import type { AssertionContext } from './client-auth/client-assertion.ts';
import type { Consent } from './consent.ts';
import type { PathEndpoint } from './issuer-endpoint.ts';
import type { IssuerSettings } from './issuer-options.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { AuthorizationCodes } from './state/authorization-codes.ts';
import type { DeviceCodes } from './state/device-codes.ts';
import type { IssuedTokens } from './state/issued-tokens.ts';
import type { RefreshTokens } from './state/refresh-tokens.ts';
import type { UserGrant } from './state/user-grant.ts';

/** What the endpoints of an issuer share. */
export interface IssuerContext {
  readonly settings: IssuerSettings;
  readonly clock: Clock;
  readonly clients: readonly [RegisteredClient, ...RegisteredClient[]];
  readonly tokens: IssuedTokens;
  readonly refreshTokens: RefreshTokens;
  readonly codes: AuthorizationCodes;
  readonly devices: DeviceCodes;
  /** What the check of a client assertion needs. */
  readonly assertions: () => AssertionContext;
  readonly issuerUrl: () => string;
  readonly endpointUrl: (endpoint: PathEndpoint) => string;
  readonly consent: () => Consent;
  /** What users have granted, in order. */
  readonly grants: UserGrant[];
}
