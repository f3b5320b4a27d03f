import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { HeldToken, IssuedToken, StoreOutcome } from '../sources/token-source.ts';
import { offerLater, prepareOffer } from './offer-token.ts';
import { report } from './store-acquisition.ts';
import type { StoreAcquisition } from './store-acquisition.ts';

/**
 * A request without the store.
 *
 * While the store is away, a replica with a valid token waits until the last third of its lifetime: without it thousands
 * of replicas would send their requests at the same time. The moment is random.
 */
export async function requestAlone(
  acquisition: StoreAcquisition,
  reason: StoreOutcome & ('fallback' | 'foreign' | 'unreadable'),
): Promise<Result<IssuedToken, TokenError>> {
  const { source, options, clock } = acquisition;
  if (reason === 'fallback' && canWait(acquisition, options.held)) {
    report(acquisition, 'kept');
    return Err(
      new TokenUnavailableError('the token store does not answer, and the current token is still valid for some time'),
    );
  }
  const requestedAtMs = clock.monotonic();
  const issued = await source.acquire(options);
  report(acquisition, reason);
  if (reason !== 'fallback' || issued.isErr()) return issued;
  const offer = await prepareOffer(acquisition, { issued: issued.value, requestedAtMs });
  if (offer !== undefined) offerLater(acquisition, offer);
  return issued;
}

function canWait({ random }: StoreAcquisition, held: HeldToken | undefined): boolean {
  if (held === undefined || held.isRejected) return false;
  const lifetimeMs = held.access.expiresAt - held.access.issuedAt;
  return held.ageMs < lifetimeMs * (2 / 3 + random() / 4);
}
