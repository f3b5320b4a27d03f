import type { Result } from 'ts-results';
import type { TokenError } from '../errors.ts';
import type { IssuedToken } from '../sources/token-source.ts';
import { keepLease } from './keep-lease.ts';
import { offerLater, prepareOffer } from './offer-token.ts';
import type { ArrivedToken } from './offer-token.ts';
import { sealFailure } from './shared-failure.ts';
import { report } from './store-acquisition.ts';
import type { StoreAcquisition } from './store-acquisition.ts';
import { takeEntry } from './take-entry.ts';

/**
 * A request by the replica that has the lease, for all.
 *
 * @param leasedAtMs - the moment of the lease by the store's clock: from then on the token's age counts there
 */
export async function requestWithLease(
  acquisition: StoreAcquisition,
  leasedAtMs: number,
): Promise<Result<IssuedToken, TokenError>> {
  const { source, options, clock, store, key, question } = acquisition;
  const requestedAtMs = clock.monotonic();
  const stop = keepLease(() => store.ask(key, question), clock);
  try {
    const issued = await source.acquire(options);
    report(acquisition, 'requested');
    if (issued.isOk()) return await publish(acquisition, { issued: issued.value, requestedAtMs, leasedAtMs }, issued);
    await giveBack(acquisition, options.signal.aborted ? undefined : issued.error);
    return issued;
  } catch (cause) {
    await giveBack(acquisition, undefined);
    throw cause; // a source that throws, against its contract
  } finally {
    stop();
  }
}

/** Stores a token; when a younger one is there already, answers with that. */
async function publish(
  acquisition: StoreAcquisition,
  arrived: ArrivedToken & { readonly leasedAtMs: number },
  own: Result<IssuedToken, TokenError>,
): Promise<Result<IssuedToken, TokenError>> {
  const { store, key } = acquisition;
  const offer = await prepareOffer(acquisition, arrived);
  if (offer === undefined) {
    await giveBack(acquisition, undefined);
    return own;
  }
  try {
    if (await store.put(key, { ...offer, requestedAtMs: arrived.leasedAtMs })) return own;
    return (await takeYounger(acquisition, offer.id)) ?? own;
  } catch {
    offerLater(acquisition, offer); // the token is good, whatever the store does
    return own;
  }
}

async function takeYounger(
  acquisition: StoreAcquisition,
  id: string,
): Promise<Result<IssuedToken, TokenError> | undefined> {
  const { store, key, question, clock, held } = acquisition;
  const ageMs = held.ageMs(id) ?? 0;
  const askedAtMs = clock.monotonic();
  const answer = await store.ask(key, { ...question, held: { id, ageMs }, isRejected: false });
  if (answer.kind === 'lease') await giveBack(acquisition, undefined);
  return answer.kind === 'entry' ? takeEntry(acquisition, { entry: answer, askedAtMs }) : undefined;
}

async function giveBack(
  { store, seal, key, question }: StoreAcquisition,
  error: TokenError | undefined,
): Promise<void> {
  try {
    const failure = error && (await sealFailure(seal, key, error));
    await store.release(key, { owner: question.owner, failure });
  } catch {
    // the lease ends by itself
  }
}
