import { expect } from 'vitest';
import { hourMs, minuteMs } from './create-service.ts';
import { createFleet, maxPerSecond } from './fleet.ts';
import { replay } from './replay.ts';

replay('RT-030', async ({ hides }) => {
  const instances = 1_000;
  // tokens of one hour, renewed in minutes 25 to 30, during the outage
  const renewing = await createFleet({ instances, tokenLifetimeMs: hourMs });
  await renewing.clock.advance(22 * minuteMs);
  renewing.isDown = true;
  await renewing.clock.advance(10 * minuteMs);
  const during = renewing.requestedAt.flat().filter((at) => at > 0);
  expect(during.length).toBeGreaterThan(instances);
  expect(renewing.tokens.every((token) => token.read().isOk())).toBe(true);
  renewing.isDown = false;
  await renewing.clock.advance(20 * minuteMs);
  const after = renewing.requestedAt.flat().filter((at) => at > 32 * minuteMs);
  expect(after.length).toBeGreaterThanOrEqual(instances);
  expect(maxPerSecond(after)).toBeLessThanOrEqual(0.05 * instances);

  // tokens of 15 minutes, which all expire at the same moment during the outage
  const expiring = await createFleet({ instances, tokenLifetimeMs: 15 * minuteMs });
  await expiring.clock.advance(5.25 * minuteMs);
  expiring.isDown = true;
  await expiring.clock.advance(10 * minuteMs);
  expect(expiring.tokens.every((token) => token.read().isErr())).toBe(true);
  hides(expiring.tokens.slice(0, 3).map((token) => [token.read(), token.status()]));
  const upToEnd = expiring.requestedAt.flat().length;
  expiring.isDown = false;
  await expiring.clock.advance(10 * minuteMs);
  const returned = expiring.requestedAt.flat().filter((at) => at >= 15.25 * minuteMs);
  expect(expiring.tokens.every((token) => token.read().isOk())).toBe(true);
  // without a token every call fails, so each instance tries again within 10 s: the return is spread over that time
  expect(maxPerSecond(returned)).toBeLessThanOrEqual(0.25 * instances);
  expect(upToEnd / instances).toBeLessThan(40); // backoff from 10 s to 5 min gives about seven attempts of three requests each
});

replay('RT-031', async ({ hides }) => {
  const instances = 1_000;
  const { clock, tokens, requestedAt: askedAt } = await createFleet({ instances, tokenLifetimeMs: hourMs });

  await clock.advance(10 * hourMs);

  hides(tokens[0]);
  const generations = Array.from({ length: 18 }, (_, renewal) => askedAt.map((asked) => asked[renewal + 1] ?? 0));
  expect(generations.flat().every((at) => at > 0)).toBe(true);
  const [first = []] = generations;
  // the renewals are spread evenly over the five minutes of jitter
  for (let minute = 25; minute < 30; minute += 1) {
    const renewed = first.filter((at) => at >= minute * minuteMs && at < (minute + 1) * minuteMs);
    expect(renewed.length).toBeGreaterThan(0.1 * instances);
    expect(renewed.length).toBeLessThan(0.3 * instances);
  }
  const spreads = generations.map((at) => Math.max(...at) - Math.min(...at));
  expect(spreads.every((spreadMs) => spreadMs > 0.9 * 5 * minuteMs)).toBe(true);
  expect(spreads.at(-1)).toBeGreaterThan(2 * (spreads[0] ?? Infinity)); // the spread grows over the generations
  expect(maxPerSecond(generations.flat())).toBeLessThanOrEqual(0.05 * instances);
});
