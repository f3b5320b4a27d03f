import { expect, test } from 'vitest';
import { createShop } from './shop.ts';

// The deep suite kills at random moments, many times: crash.deep.ts.
test('a connector that is killed during a run loses and repeats no record', async () => {
  await using undisturbed = await createShop();
  await undisturbed.pull();
  await using shop = await createShop();
  const running = shop.start();
  shop.api.onRequest((_request, _response, count) => {
    if (count === 7) running.kill();
    return undefined;
  });

  const killed = await running.ended;
  const { error } = await shop.pull();

  expect([killed.code, error]).toEqual([null, undefined]);
  expect(shop.output()).toBe(undisturbed.output());
});
