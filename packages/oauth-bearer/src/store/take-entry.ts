import { Ok } from 'ts-results';
import type { Ok as OkResult } from 'ts-results';
import type { IssuedToken } from '../sources/token-source.ts';
import type { StoreAcquisition } from './store-acquisition.ts';
import type { StoreAnswer } from './token-store.ts';

/** An entry, and when the question was sent that it is the answer to, on the monotonic clock. */
export interface Taken {
  readonly entry: Extract<StoreAnswer, { kind: 'entry' }>;
  readonly askedAtMs: number;
}

/** The token of another replica; `undefined` when its entry cannot be decrypted, or has ended although the store returned it. */
export async function takeEntry(
  { seal, held, key, clock, startedAtMs }: StoreAcquisition,
  { entry, askedAtMs }: Taken,
): Promise<OkResult<IssuedToken> | undefined> {
  const opened = await seal.open(key, entry);
  // the age is that at the store's answer: counted from the question, so that no token is used too long
  const nowAgeMs = entry.ageMs + clock.monotonic() - askedAtMs;
  if (opened === undefined || nowAgeMs >= opened.lifetimeMs) return undefined;
  held.remember(opened.value, entry.id, nowAgeMs);
  return Ok({ ...opened, ageMs: Math.max(0, entry.ageMs - (askedAtMs - startedAtMs)), isShared: true });
}
