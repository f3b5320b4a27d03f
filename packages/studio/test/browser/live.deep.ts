import { Err, Ok, Token, TokenUnavailableError } from '@bearings/oauth-bearer';
import type { TokenSource } from '@bearings/oauth-bearer';
import { expect, onTestFinished, test } from 'vitest';
import { statusHandler } from '../../src/status/index.ts';
import { chrome, findAxeProblems } from './browser.ts';
import { serveStatus } from './serve-status.ts';
import { goTo, openPage } from './studio-page.ts';

const inBrowser = test.skipIf(!chrome.isThere);
/** For machines that are busy. */
const patient = { timeout: 20_000 };

async function createToken(source: TokenSource, refreshOffsetMs = 60_000): Promise<Token> {
  const token = (await Token.from(source, { refreshOffsetMs, minRefreshPeriodMs: 500 })).unwrap();
  onTestFinished(() => token.close());
  return token;
}

/** A service with one token. Its source can be switched off. */
async function startService(lifetimeMs: number) {
  let isUp = true;
  let value = 0;
  const token = await createToken({
    async acquire() {
      value += 1;
      return isUp ? Ok({ value: `token-${value}`, lifetimeMs }) : Err(new TokenUnavailableError('the server is down'));
    },
  });
  const status = statusHandler({ tokens: { orders: { token, from: 'https://id.internal', clientId: 'billing' } } });
  onTestFinished(() => status[Symbol.dispose]());
  const server = await serveStatus(status);
  return { token, status, server, goDown: () => void (isUp = false) };
}

inBrowser('a token that an API rejects shows within a second', async () => {
  const { token, server } = await startService(600_000);
  const { page, watched } = await openPage({ watch: server.url });
  await goTo(page, '#/live/orders');
  await page.getByText('acquired: token 1').or(page.getByText('None since')).first().waitFor();

  const startedAt = performance.now();
  await token.invalidate(token.read().unwrap());
  await page.getByText('was rejected by the API').waitFor();
  const tookMs = performance.now() - startedAt;

  await page.getByText('rotated: token 2').waitFor();
  console.info(`a rejected token showed after ${Math.round(tookMs)} ms`); // oxlint-disable-line no-console
  expect(await findAxeProblems(page)).toEqual([]);
  expect(watched.complaints).toEqual([]);
});

inBrowser('when the server of tokens is down the time runs out, and then the token is red', async () => {
  const { server, goDown, token } = await startService(9_000);
  const { page } = await openPage({ watch: server.url });
  await goTo(page, '#/live');
  await page.getByText('fresh').first().waitFor();
  goDown();

  await page.getByText('stale').waitFor({ timeout: 20_000 });
  expect(await page.locator('.left b').first().textContent()).toMatch(/^\d+ s$/);
  expect(token.status().state).toBe('stale');
  await page.getByText('expired').waitFor({ timeout: 20_000 });
  await page.locator('.fail', { hasText: 'the server is down' }).waitFor();
  expect(await page.locator('.tabs .badge').textContent()).toContain('1');
});

inBrowser('a service that goes away is said, what it said last stays, and it is picked up again', async () => {
  const { server, status } = await startService(600_000);
  const { page, watched } = await openPage({ watch: server.url });
  await goTo(page, '#/live');
  await page.getByText('fresh').first().waitFor();
  const before = await page.locator('.tokens tbody tr').first().boundingBox();

  await server.close();
  await page.getByText('The service does not answer').waitFor();
  const after = await page.locator('.tokens tbody tr').first().boundingBox();
  expect(await findAxeProblems(page)).toEqual([]);
  expect(await page.locator('.tokname').first().textContent()).toBe('orders');
  expect(after?.y).toBe(before?.y);

  await serveStatus(status, server.port);
  await page.getByText('up to date').waitFor({ timeout: 10_000 });
  expect(watched.complaints).toEqual([]);
});

inBrowser('a thousand tokens stay usable: quick to show, to update, to search and to sort', async () => {
  const names = Array.from({ length: 1_000 }, (_, place) => `client-${String(place).padStart(4, '0')}`);
  const tokens = await Promise.all(
    names.map((_, place) =>
      createToken({ acquire: async () => Ok({ value: `t-${place}`, lifetimeMs: 600_000 + place * 1_000 }) }),
    ),
  );
  const status = statusHandler({
    tokens: Object.fromEntries(tokens.map((token, place) => [names[place] ?? '', token])),
  });
  onTestFinished(() => status[Symbol.dispose]());
  const server = await serveStatus(status);
  const { page } = await openPage({ watch: server.url });
  await goTo(page, '#/live');
  await page.getByText('1,000 tokens').waitFor();
  await goTo(page, '#/clients/orders');
  await page.getByRole('heading', { name: 'orders' }).waitFor();

  const paintMs = Number(
    await page.evaluate(`new Promise((resolve) => {
      const startedAt = performance.now(); location.hash = '#/live';
      const look = () => document.querySelectorAll('.tokname').length > 20
        ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - startedAt)))
        : requestAnimationFrame(look);
      look();
    })`),
  );
  const longest = page.evaluate(`new Promise((resolve) => {
    let longest = 0;
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration); })
      .observe({ type: 'longtask' });
    setTimeout(() => resolve(longest), 4000);
  })`);
  for (const token of tokens.slice(0, 20)) await token.invalidate(token.read().unwrap());
  const longestMs = Number(await longest);

  expect(await page.locator('.tokname').count()).toBeLessThan(120);
  await page.locator('#search').fill('client-0999');
  await expect.poll(() => page.locator('.tokname').allTextContents(), patient).toEqual(['client-0999']);
  await page.locator('#search').fill('');
  await page.getByRole('button', { name: 'Rotations' }).click();
  await page.getByRole('button', { name: 'Rotations' }).click();
  await expect.poll(() => page.locator('.tokname').first().textContent(), patient).toBe('client-0000');
  await page.evaluate(`document.querySelector('.table-box').scrollTop = 1e6`);
  await page.getByText('client-0999').waitFor();
  console.info(`1,000 tokens: shown in ${Math.round(paintMs)} ms, longest task while 20 changed ${longestMs} ms`); // oxlint-disable-line no-console
});
