import { BearingsError } from '@bearings/client/errors';

/**
 * Why a consent did not succeed.
 *
 * `access_denied`: the user said no. `issuer_mismatch`, `issuer_missing`: the answer is not from the server that was
 * asked. `client_changed`: the connection has another issuer or `dpop` key now. `code_refused`: the server refused the code.
 * `code_interrupted`: the answer to the code was lost, and a code is sent once only. `id_token_missing`,
 * `id_token_invalid`, `account_unknown`: it is not certain whose account it is. `other_account`: it is not the account
 * that was expected. `user_forgotten`: the user was deleted meanwhile. `undecryptable`: the flow was stored under another
 * key. `not_stored`: the store was not available. `server_error`: the server answered with another error.
 * `dpop_unsupported`: the connection has `dpop`, and the server does not issue DPoP tokens.
 */
export type FlowReason =
  | 'access_denied'
  | 'issuer_mismatch'
  | 'issuer_missing'
  | 'client_changed'
  | 'code_refused'
  | 'code_interrupted'
  | 'id_token_missing'
  | 'id_token_invalid'
  | 'account_unknown'
  | 'other_account'
  | 'user_forgotten'
  | 'undecryptable'
  | 'not_stored'
  | 'server_error'
  | 'dpop_unsupported';

/** Ends a flow. Used inside this folder only: what callers see is the flow's status and reason. */
export class FlowFailure extends Error {
  readonly reason: FlowReason;
  /** The authorization server's own words. */
  readonly quotation: string | undefined;
  override readonly cause: BearingsError | undefined;

  constructor(reason: FlowReason, { cause, quotation }: { cause?: unknown; quotation?: string | undefined } = {}) {
    super(reason);
    this.reason = reason;
    this.quotation = quotation;
    this.cause = cause instanceof BearingsError ? cause : undefined;
  }
}
