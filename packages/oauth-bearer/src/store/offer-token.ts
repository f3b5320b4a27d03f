import type { IssuedToken } from '../sources/token-source.ts';
import { withinMs } from '../token/within-ms.ts';
import type { StoreAcquisition } from './store-acquisition.ts';
import type { StoreOffer } from './token-store.ts';

/** A token that has come, and the moment its request was sent, on the monotonic clock. */
export interface ArrivedToken {
  readonly issued: IssuedToken;
  readonly requestedAtMs: number;
}

/** An offer without the time of the store. */
export type PreparedOffer = Omit<StoreOffer, 'requestedAtMs'>;

/** Other replicas do not get a token within so much of its end. */
const shortestUseMs = 10_000;

/** How long a token that has come waits for its key to be read again. */
const longestKeyReadMs = 2_000;

/** A token as the store gets it; `undefined` for one that is not stored. Remembers it as the one that is held. */
export async function prepareOffer(
  acquisition: StoreAcquisition,
  { issued, requestedAtMs }: ArrivedToken,
): Promise<PreparedOffer | undefined> {
  const { seal, held, key, question, clock } = acquisition;
  const sealed = await seal.seal(key, issued);
  const id = sealed?.id ?? (await seal.idFor(issued.value));
  held.remember(issued.value, id, clock.monotonic() - requestedAtMs);
  if (sealed === undefined || !(await isForKey(acquisition))) return undefined;
  const { owner, sealIds } = question;
  const [sealId = ''] = sealIds;
  const lifetimeMs = issued.lifetimeMs - Math.min(shortestUseMs, issued.lifetimeMs / 10);
  return { ...sealed, sealId, sealIds, lifetimeMs, owner };
}

/**
 * False when the key has changed since the acquisition began: the client certificate was replaced, and the token may be bound
 * to the new one. The replicas that share the old key cannot use it. False too when the key cannot be read.
 */
async function isForKey({ key, readKey, clock }: StoreAcquisition): Promise<boolean> {
  try {
    return (await withinMs(readKey(), longestKeyReadMs, clock)) === key;
  } catch {
    return false;
  }
}

/** Offers a token some time later, once, if it is still the one that is held: the store has not taken it now. */
export function offerLater(acquisition: StoreAcquisition, offer: PreparedOffer): void {
  const { store, clock } = acquisition;
  clock.schedule(store.pauseMs, () => void offerAgain(acquisition, offer), { background: true }); // never rejects
}

async function offerAgain(acquisition: StoreAcquisition, offer: PreparedOffer): Promise<void> {
  const { store, held, key, question } = acquisition;
  const ageMs = held.ageMs(offer.id);
  if (ageMs === undefined) return;
  try {
    const answer = await store.ask(key, { ...question, held: { id: offer.id, ageMs }, isRejected: false });
    if (answer.kind === 'lease') await store.put(key, { ...offer, requestedAtMs: answer.atMs - ageMs });
  } catch {
    // the store is still away: the next acquisition asks it
  }
}
