import type { IssuerContext } from '../issuer-context.ts';
import type { OAuthError } from '../oauth-error.ts';
import type { RegisteredClient } from '../registered-client.ts';
import type { TokenResponse } from '../token-response.ts';

/** A token request of a client that is authenticated. */
export interface GrantRequest {
  readonly client: RegisteredClient;
  readonly params: URLSearchParams;
  readonly issuer: IssuerContext;
  /** Registers what happens when the response is sent. */
  readonly onSent: (act: () => void) => void;
}

/** Answers the token requests of one grant type. */
export type Grant = (request: GrantRequest) => TokenResponse | OAuthError;
