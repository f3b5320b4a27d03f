import { expect, test } from 'vitest';
import { createShop, normalize } from './shop.ts';

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

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends a run with %i after the page in progress, and says what was kept', async (signal, expected) => {
  await using shop = await createShop();
  const running = shop.start();
  shop.api.onRequest((_request, _response, count) => {
    if (count === 7) running.kill(signal);
    return count >= 7 ? true : undefined;
  });

  const { code, stderr } = await running.ended;
  shop.api.onRequest(() => undefined);
  const { error } = await shop.pull();

  expect([code, normalize(stderr, shop)]).toEqual([
    expected,
    '✗ shop: The run was stopped\n    kept: 28 records of 6 pages; run the same command to continue',
  ]);
  expect([error, new Set(shop.output().split('\n')).size]).toEqual([undefined, 65]);
});

test('a run whose events are read no more stops, and keeps its pages', async () => {
  await using shop = await createShop();
  const running = shop.start(['--json']);
  running.closeStdout();

  const { code, stderr } = await running.ended;
  const { error } = await shop.pull();

  expect([code, stderr.includes('EPIPE')]).toEqual([130, false]);
  expect([error, new Set(shop.output().split('\n')).size]).toEqual([undefined, 65]);
});
