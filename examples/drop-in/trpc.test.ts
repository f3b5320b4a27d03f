import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { afterAll, expect, test } from 'vitest';
import { guardedApi } from './guarded-api.ts';

const { router, procedure } = initTRPC.create();
const toId = (input: unknown): number => Number(input);
const orders = router({
  total: procedure.input(toId).query(({ input }) => {
    if (input === 404) throw new TRPCError({ code: 'NOT_FOUND', message: 'No such order' });
    return 99.5;
  }),
  pay: procedure.input(toId).mutation(({ input }) => `${input} is paid`),
});

const api = await guardedApi(createHTTPHandler({ router: orders }));
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const link = httpBatchLink({
  url: api.origin,
  fetch: async (input, init) => client.fetch(input, init as RequestInit),
});
const trpc = createTRPCClient<typeof orders>({ links: [link] });

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a query has the token', async () => {
  expect(await trpc.total.query(42)).toBe(99.5);
  expect(api.seen()).toEqual([expect.stringMatching(/^GET \/total.* → 200$/)]);
});

test('after a 401 a mutation is replayed with its input', async () => {
  api.issuer.revoke();

  expect(await trpc.pay.mutate(43)).toBe('43 is paid');
  expect(api.seen()).toEqual(['POST /pay?batch=1 → 401', 'POST /pay?batch=1 → 200']);
});

test('an error of a procedure is an error of the library', async () => {
  const call = trpc.total.query(404);

  await expect(call).rejects.toBeInstanceOf(TRPCClientError);
  await expect(call).rejects.toMatchObject({ message: 'No such order', data: { code: 'NOT_FOUND' } });
});
