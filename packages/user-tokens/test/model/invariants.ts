import { expect } from 'vitest';
import type { TwoProcesses } from './two-processes.ts';

/** What holds at the end of every run. */
export function checkInvariants(model: TwoProcesses): void {
  const { grant, server, incidents, isPairLost, stored, outcomes } = model;
  const isRevoked = incidents.includes('revocation');
  const shown = { incidents, sends: server.sends, status: grant?.status, reason: grant?.reason, stored };

  // a user consents again only after a pair was lost, and the reason says so
  if (grant?.status === 'needs_reauthorization') expect(shown).toMatchObject({ reason: 'refresh_interrupted' });
  if (!isPairLost) {
    expect({ ...shown, isEnded: server.isEnded }).toMatchObject({
      status: isRevoked ? 'revoked' : 'active',
      isEnded: false,
    });
    expect(new Set(server.sends).size).toBe(server.sends.length);
  }
  if (!isPairLost && !isRevoked) expect(shown).toMatchObject({ stored: server.current });

  // what was revoked stays revoked
  if (isRevoked) expect(shown).toMatchObject({ status: 'revoked' });

  // a process that finishes has the current token, or the reason why there is none
  for (const outcome of outcomes) {
    if (outcome?.isOk() === true && !isPairLost && !isRevoked)
      expect(outcome.value.pair.access.expose()).toBe(server.access);
    const mayBeLate =
      incidents.includes('suspension') && outcome?.isErr() === true && outcome.error.code === 'TOKEN_UNAVAILABLE';
    if (outcome?.isErr() === true && !mayBeLate)
      expect({ ...shown, isPairLost, isRevoked, error: outcome.error.code }).toSatisfy(() => isPairLost || isRevoked);
  }

  // no lease outlives the processes, unless its holder died
  if (!model.hasCrashed) expect(grant?.lease).toBeUndefined();
  // at most: both processes, and one retry
  expect(server.sends.length).toBeLessThanOrEqual(3);
}
