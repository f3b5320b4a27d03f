import { expect, test } from 'vitest';
import { createShop, startCommand } from './shop.ts';

test('the demo of the README loses no record', async () => {
  await using shop = await createShop();

  const { code, stderr } = await startCommand(shop.path(''), ['demo']).ended;

  expect([code, stderr]).toEqual([0, '✓ shop: 1000 records in 41 pages, 18 of them by earlier runs → shop.ndjson\n']);
});
