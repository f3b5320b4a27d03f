import { expect, test } from 'vitest';
import { findBrokenPromises } from '../src/broken-promises.ts';

const counts = {
  users: 3,
  toolCalls: 190,
  pending: 8,
  refreshes: 10,
  doubleRefreshes: 0,
  wrongUser: 0,
  lostGrants: 0,
  failed: 0,
};
const observed = { burstRefreshes: 6, rotations: 1, takeovers: 1, askedAgain: 2, failures: [] };

test('no promise is broken when each grant was refreshed once and each user asked once', () => {
  expect(findBrokenPromises(counts, observed)).toEqual([]);
});

test.each([
  [{ failed: 1 }, 'failed must be 0, not 1'],
  [{ doubleRefreshes: 2 }, 'no refresh token may be used twice; 2 were'],
  [{ wrongUser: 1 }, "no call may have another user's token; 1 had"],
  [{ lostGrants: 1 }, 'no grant may be lost; 1 were'],
  [{ pending: 9 }, 'a user is asked once for each grant, and when it was withdrawn; pending must not be 9'],
])('the counts %j break a promise', (changed, broken) => {
  expect(findBrokenPromises({ ...counts, ...changed }, observed)).toEqual([broken]);
});
