import type { ConsentReason } from './consent-reason.ts';

/** What the user of a request has to consent to. */
export interface AuthorizeRequest {
  readonly user: string;
  /** Default: `''`. */
  readonly tenant?: string | undefined;
  readonly connection: string;
  /**
   * The account at the provider that is expected. Default: the one that the user connected first, or any when there is none.
   * `''` asks for consent in any case, for any account: to connect one more.
   */
  readonly account?: string | undefined;
  /** Default: those of the connection. What is granted already is asked for with them. */
  readonly scopes?: readonly string[] | undefined;
  /** Where the browser goes afterwards: a path of your own origin. Default: `/`. */
  readonly returnTo?: string | undefined;
}

/** Consent that the user has to give: show `url`, our own link, which contains no secret. */
export interface PendingAuthorization {
  readonly status: 'pending';
  /** For `wait`. */
  readonly id: string;
  readonly url: string;
  readonly connection: string;
  /** The scopes that are asked for. */
  readonly scopes: readonly string[];
  readonly reason: ConsentReason;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** `authorized`: there is a grant with these scopes, so nothing is to be done. */
export type Authorization = { readonly status: 'authorized' } | PendingAuthorization;
