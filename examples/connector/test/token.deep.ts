import { expect, test } from 'vitest';
import { createShop } from './shop.ts';

test('expired tokens are replaced during a run, and no record is lost', async () => {
  await using shop = await createShop({ tokenLifetimeS: 1 });
  shop.api.onRequest((_request, response) => {
    const end = response.end.bind(response);
    response.end = ((chunk: string) => setTimeout(() => end(chunk), 120)) as unknown as typeof response.end;
    return undefined;
  });

  const { error } = await shop.pull();

  expect([error, shop.records().length]).toEqual([undefined, 64]);
  expect(shop.provider.tokenRequests).toBeGreaterThan(1);
});
