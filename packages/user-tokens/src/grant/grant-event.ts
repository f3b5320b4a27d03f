import type { TokenError } from '@bearings/oauth-bearer';
import type { GrantKey } from '../store/grant-key.ts';

/** Whose grant an event is about. */
interface GrantFacts extends GrantKey {
  readonly id: string;
}

/** What happens to grants. Contains no secret. */
export type GrantEvent =
  | ({ readonly type: 'refreshed'; readonly tookMs: number } & GrantFacts)
  /** The provider does not answer, or an operator has to change a setting. The grant stays as it is. */
  | ({ readonly type: 'refresh-failed'; readonly error: TokenError } & GrantFacts)
  /** Only new consent helps. */
  | ({ readonly type: 'reauthorization-required'; readonly reason: string } & GrantFacts)
  /** The store did not take a new pair of tokens. They are used, and lost if the process ends before `persisted`. */
  | ({ readonly type: 'persist-failed' } & GrantFacts)
  | ({ readonly type: 'persisted' } & GrantFacts)
  | ({ readonly type: 'revoked' } & GrantFacts);

/** Whose grant, for an event. */
export function grantFacts({ id, tenant, user, connection, account }: GrantFacts): GrantFacts {
  return { id, tenant, user, connection, account };
}
