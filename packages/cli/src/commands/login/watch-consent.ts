import type { BearingsError } from '@bearings/client/errors';
import type { UserTokens } from '@bearings/user-tokens';

/** What became of a consent. */
export interface ConsentOutcome {
  /** The grant that was stored. */
  readonly grantId?: string;
  /** What the server answered, when it failed. */
  readonly error?: BearingsError | undefined;
}

/** Observes the one consent of this process; answers with a function that tells what became of it. */
export function watchConsent(users: Pick<UserTokens, 'subscribe'>): () => ConsentOutcome {
  let outcome: ConsentOutcome = {};
  users.subscribe((event) => {
    if (event.type === 'consent-completed') outcome = { grantId: event.grantId };
    if (event.type === 'consent-failed') outcome = { error: event.error };
  });
  return () => outcome;
}
