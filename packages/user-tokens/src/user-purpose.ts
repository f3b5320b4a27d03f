import type { Identity } from './user-tokens-options.ts';

/** Whose token, and for what. */
export interface UserPurpose extends Identity {
  /** The name of a connection. */
  readonly connection: string;
  /** Default: the account that the user connected first. */
  readonly account?: string | undefined;
  /** What the user must have granted; the handle asks for consent when something is missing. Default: nothing. */
  readonly scopes?: readonly string[] | undefined;
}
