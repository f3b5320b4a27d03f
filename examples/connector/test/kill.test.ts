import { expect, test } from 'vitest';
import { openShop } from './shop.ts';

// The deep suite kills at random moments, many times: crash.deep.ts.
test('a connector that is killed in the middle of a run loses no record and repeats none', async () => {
  await using undisturbed = await openShop();
  await undisturbed.pull();
  await using shop = await openShop();
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
