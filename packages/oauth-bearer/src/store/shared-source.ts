import type { Clock } from '@bearings/client';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from '../sources/token-source.ts';
import { HeldTokens } from './held-token.ts';
import { leaseMs } from './keep-lease.ts';
import { requestAlone } from './request-alone.ts';
import { requestWithLease } from './request-with-lease.ts';
import { toSharedError } from './shared-failure.ts';
import { report } from './store-acquisition.ts';
import type { StoreAcquisition } from './store-acquisition.ts';
import { StoreAwayError, StoreGuard } from './store-guard.ts';
import { takeEntry } from './take-entry.ts';
import type { Taken } from './take-entry.ts';
import type { EntrySeal } from './token-seal.ts';
import type { StoreAnswer, TokenStore } from './token-store.ts';
import { waitForChange } from './wait-for-change.ts';

/** What a source is shared with. */
export interface SharedSourceContext {
  readonly store: TokenStore;
  readonly seal: EntrySeal;
  readonly key: () => Promise<string>;
  readonly rotationPeriodMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * A source whose tokens replicas share: of those that need a token one requests it, and the others take it.
 *
 * Correctness does not depend on the store: while it is unavailable, or has an entry that cannot be decrypted, each replica requests
 * tokens of its own.
 */
export function createSharedSource(source: TokenSource, context: SharedSourceContext): TokenSource {
  const { seal, key, rotationPeriodMs, clock, random } = context;
  const store = context.store instanceof StoreGuard ? context.store : new StoreGuard(context.store, { clock, random });
  const held = new HeldTokens(seal, clock);
  const replica = crypto.randomUUID();
  let count = 0;
  const begin = async (options: AcquireOptions): Promise<StoreAcquisition> => {
    count += 1;
    const startedAtMs = clock.monotonic();
    const question = {
      held: await held.describe(options.held),
      isRejected: options.held?.isRejected === true,
      owner: `${replica}.${count}`,
      leaseMs,
      rotationPeriodMs,
      sealIds: await seal.ids(),
    };
    return { source, store, seal, held, clock, random, options, startedAtMs, key: await key(), readKey: key, question };
  };
  return {
    ...describe(source),
    async acquire(options) {
      // a token with claims answers the challenge of one resource: it is this replica's own
      if (options.claims !== undefined) return source.acquire(options);
      let acquisition: StoreAcquisition;
      try {
        acquisition = await begin(options);
      } catch {
        options.report?.({ outcome: 'unsealed', tookMs: 0 }); // a key could not be read: its function has failed
        return source.acquire(options);
      }
      return acquireShared(acquisition);
    },
  };
}

/** What is the same for a source and the one that shares it. */
function describe(source: TokenSource): Omit<TokenSource, 'acquire'> {
  const { name, retry, acceptsClaims } = source;
  return {
    ...(name !== undefined && { name }),
    ...(retry !== undefined && { retry }),
    ...(acceptsClaims !== undefined && { acceptsClaims }),
    ...(source.hasChanged !== undefined && { hasChanged: () => source.hasChanged?.() ?? false }),
  };
}

async function acquireShared(acquisition: StoreAcquisition): Promise<Result<IssuedToken, TokenError>> {
  const { signal } = acquisition.options;
  try {
    for (let count = 0; !signal.aborted; count += 1) {
      const answer = await askOnce(acquisition, count);
      if (answer !== undefined) return answer;
    }
  } catch (cause) {
    if (cause instanceof StoreAwayError) return requestAlone(acquisition, 'fallback');
    throw cause;
  }
  return Err(new TokenUnavailableError('the acquisition was aborted'));
}

/** What a question to the store leads to; `undefined` after a wait for another replica. */
async function askOnce(
  acquisition: StoreAcquisition,
  count: number,
): Promise<Result<IssuedToken, TokenError> | undefined> {
  const { store, key, question, clock, options, random } = acquisition;
  const askedAtMs = clock.monotonic();
  const answer = await store.ask(key, question);
  if (answer.kind === 'entry') return take(acquisition, { entry: answer, askedAtMs });
  if (answer.kind === 'lease') return requestWithLease(acquisition, answer.atMs);
  if (answer.kind === 'foreign') return requestAlone(acquisition, 'foreign');
  if (answer.kind !== 'busy') return refuse(acquisition, answer);
  await waitForChange({ store, key, leftMs: answer.leftMs, count, signal: options.signal, clock, random });
  return undefined;
}

async function take(acquisition: StoreAcquisition, taken: Taken): Promise<Result<IssuedToken, TokenError>> {
  const { options, question } = acquisition;
  const { entry } = taken;
  const found = await takeEntry(acquisition, taken);
  if (found === undefined) return requestAlone(acquisition, 'unreadable');
  const { held } = options;
  const isHeld = held !== undefined && held.isRejected && held.access.secret.expose() === found.value.value;
  // sealed with another key, the same token has another id: now the store learns that it is the rejected one
  if (isHeld && question.held?.id !== entry.id) {
    const renamed = { id: entry.id, ageMs: question.held?.ageMs ?? 0 };
    return acquireShared({ ...acquisition, question: { ...question, held: renamed } });
  }
  report(acquisition, 'taken');
  return found;
}

type Refusal = Extract<StoreAnswer, { readonly kind: 'failed' | 'limited' }>;

async function refuse(acquisition: StoreAcquisition, refusal: Refusal): Promise<Result<IssuedToken, TokenError>> {
  const { seal, key, source } = acquisition;
  report(acquisition, refusal.kind);
  const { leftMs } = refusal;
  if (refusal.kind === 'failed') {
    const content = await seal.openText(refusal.sealed, [key, 'failure']);
    return Err(toSharedError(content, source.name ?? 'the token source', leftMs));
  }
  const seconds = Math.ceil(leftMs / 1_000);
  const message = `all replicas together have replaced rejected tokens too often: the next replacement is in ${seconds} s`;
  return Err(new TokenUnavailableError(message));
}
