import { createClient } from '@bearings/client';
import { fakeIssuer, virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { ok, scriptedFetch, status, times } from '../../../client/test/scripted.ts';
import type { Answer } from '../../../client/test/scripted.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import type { RejectedBy } from '../../src/layer/rejection.ts';
import { createToken } from '../create-token.ts';

const basic = status(401, { 'www-authenticate': 'Basic realm="api"' });

/** The status that a call ends with, and how many tokens were requested. */
async function call(rejectedBy: RejectedBy | undefined, ...answers: readonly Answer[]): Promise<readonly number[]> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = await createToken(issuer, { clock });
  const layer = withBearerAuth(token, rejectedBy && { rejectedBy });
  const api = createClient(
    { baseUrl: 'https://api.example', fetch: scriptedFetch(...answers), clock, retry: 0 },
    layer,
  );
  const response = await api.fetch('/me');
  return [response.status, issuer.counts.token];
}

test('by default a 403 goes to the caller', async () => {
  expect(await call(undefined, status(403))).toEqual([403, 1]);
});

test.each<[string, RejectedBy]>([
  ['a list of statuses', [403]],
  ['a function', ({ status: code }) => code === 403],
])('rejectedBy as %s rotates the token after a 403 and replays once', async (_, rejectedBy) => {
  expect(await call(rejectedBy, status(403), ok)).toEqual([200, 2]);
});

test.each<[string, RejectedBy]>([
  [
    'throws',
    () => {
      throw new Error('a bug');
    },
  ],
  ['answers with a string', () => 'true' as unknown as boolean],
])('a rejectedBy that %s rejects nothing', async (_, rejectedBy) => {
  expect(await call(rejectedBy, status(403))).toEqual([403, 1]);
});

test.each([[[200]], [['403']], ['403'], [403]])('rejectedBy of %j is a CONFIG error', async (rejectedBy) => {
  const token = await createToken(fakeIssuer());

  const error = await caught(() => withBearerAuth(token, { rejectedBy: rejectedBy as unknown as RejectedBy }));

  expect(error).toMatchObject({ code: 'CONFIG' });
});

test('an API that always challenges for another scheme costs three token requests, not one per call', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = await createToken(issuer, { clock });
  const fetch = scriptedFetch(...times(200, basic));
  const api = createClient({ baseUrl: 'https://api.example', fetch, clock, retry: 0 }, withBearerAuth(token));

  for (let count = 0; count < 50; count += 1) expect((await api.fetch('/me')).status).toBe(401);

  expect(issuer.counts.token).toBe(1 + 3);
});
