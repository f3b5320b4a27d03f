import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { virtualClock } from '@bearings/testing';
import { staticToken } from '@bearings/oauth-bearer';
import { expect, onTestFinished, test } from 'vitest';
import { chrome, findAxeProblems, takeScreenshot } from './browser.ts';
import { serveStatus } from './serve-status.ts';
import { goTo, openPage } from './studio-page.ts';
import { statusHandler } from '../../src/status/index.ts';
import type { ConnectorRun, ConnectorsStatus } from '../../src/status/index.ts';

const inBrowser = test.skipIf(!chrome.isThere);

/** What axe finds in light and in dark. */
async function findInBoth(page: Page): Promise<readonly string[]> {
  const light = await findAxeProblems(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await findAxeProblems(page);
  await page.emulateMedia({ colorScheme: 'light' });
  return [...light, ...dark];
}

inBrowser('an empty file says what to do', async () => {
  const { page } = await openPage({ text: '' });
  await page.getByRole('heading', { name: 'No clients yet' }).waitFor();
  await takeScreenshot(page, 'empty');

  expect(await findInBoth(page)).toEqual([]);
  await page.getByRole('link', { name: 'Add a client' }).click();
  await page.getByRole('heading', { name: 'Which API does your service call?' }).waitFor();
});

inBrowser('a file with a syntax error says what is wrong', async () => {
  const { page } = await openPage({ text: 'clients:\n  orders:\n   baseUrl: "https://orders.internal\n' });
  await page.getByRole('heading', { name: 'cannot be read as YAML' }).waitFor();
  await takeScreenshot(page, 'syntax-error');

  expect(await findInBoth(page)).toEqual([]);
});

inBrowser('without a service to watch the page says how to show one', async () => {
  const { page } = await openPage();
  await goTo(page, '#/live');
  await page.getByRole('heading', { name: 'No service to watch' }).waitFor();
  await takeScreenshot(page, 'live-none');

  expect(await findInBoth(page)).toEqual([]);
});

inBrowser('until the service answers, the lines are where they will be', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { page } = await openPage({ watch: `http://127.0.0.1:${port}/status` });
  await goTo(page, '#/live');
  await page.getByText('asking the service').waitFor();
  await takeScreenshot(page, 'live-loading');

  expect(await findInBoth(page)).toEqual([]);
});

inBrowser(
  'after 30 idle minutes the page says that the session has ended, and unsaved changes can be copied',
  async () => {
    const clock = virtualClock();
    const { page } = await openPage({ clock });
    await page.getByLabel('Time limit for each attempt').fill('5000');
    await page.getByText('was 3000').waitFor();
    await page.locator('.ln.changed').waitFor();

    await clock.advance(31 * 60_000);
    await page.getByRole('heading', { name: 'This session has ended' }).waitFor();
    await page.getByText('Your 1 change were not saved').or(page.getByText('Your 1 change was not saved')).waitFor();
    await takeScreenshot(page, 'ended');

    expect(await findInBoth(page)).toEqual([]);
    await page.getByRole('button', { name: 'Copy the changed file' }).waitFor();
  },
);

const run: ConnectorRun = {
  id: '1',
  connector: 'shop',
  state: 'running',
  attempts: 2,
  records: 12_400,
  pages: 124,
  startedAt: '2026-11-27T02:00:00.000Z',
  durationMs: 252_000,
  nextAttemptAt: null,
  worker: 'app-2/4711',
  failure: null,
};
const failure = {
  reason: 'invoices, page 3: the API answered 403 insufficient_scope',
  remedy: 'Add the scope invoices.read to spec.source.oauth.scopes, then: connector enqueue crm --resume',
};
const twoConnectors: ConnectorsStatus = {
  connectors: [
    { name: 'crm', cron: null, timezone: null, nextAt: null },
    {
      name: 'shop',
      cron: '0 3 * * *',
      timezone: 'Europe/Berlin',
      nextAt: new Date(Date.now() + 14_400_000).toISOString(),
    },
  ],
  runs: [
    run,
    {
      ...run,
      id: '2',
      state: 'queued',
      connector: 'crm',
      durationMs: null,
      startedAt: null,
      attempts: 0,
      worker: null,
    },
    { ...run, id: '3', state: 'failed', connector: 'crm', records: 300, pages: 3, durationMs: 4_200, failure },
    { ...run, id: '4', state: 'succeeded', attempts: 1, records: 31_200, pages: 312 },
  ],
  workers: [
    { name: 'app-1/4711', isLive: true },
    { name: 'app-2/4711', isLive: true },
    { name: 'app-3/12', isLive: false },
  ],
};

inBrowser(
  'the runs of connectors are shown with their failure and what to do, and that the database is away',
  async () => {
    let read = async (): Promise<ConnectorsStatus> => twoConnectors;
    using status = statusHandler({ connectors: () => read() });
    const server = await serveStatus(status);
    const { page, watched } = await openPage({ watch: server.url });
    await goTo(page, '#/live');
    await page.getByText('2 workers: app-1/4711, app-2/4711').waitFor();
    await takeScreenshot(page, 'live-runs');

    const cells = await page.locator('.runs tbody tr').allInnerTexts();
    expect(cells.map((text) => text.split(/\s+/)[0])).toEqual(['running', 'queued', 'failed', 'succeeded']);
    expect(cells[2]).toContain(failure.reason);
    expect(cells[2]).toContain(failure.remedy);
    expect(await findInBoth(page)).toEqual([]);
    read = () => Promise.reject(new Error('the database does not answer'));
    await page.getByText('the database does not answer').waitFor();
    expect(await page.locator('.runs tbody tr').count()).toBe(4);
    expect(await findInBoth(page)).toEqual([]);
    expect(watched.complaints).toEqual([]);
  },
);

inBrowser('the runs stand above the tokens of a service that has both, also on a narrow page', async () => {
  using status = statusHandler({
    connectors: async () => twoConnectors,
    tokens: { api: staticToken('a-static-secret') },
  });
  const server = await serveStatus(status);
  const { page } = await openPage({ watch: server.url });
  await goTo(page, '#/live');
  await page.getByText('2 workers').waitFor();
  await page.setViewportSize({ width: 720, height: 900 });

  const measure = async () => {
    const boxes = ['.runs', '.tools'].map((selector) => page.locator(selector).boundingBox());
    const [runs, tokens] = await Promise.all(boxes);
    return { areRunsAbove: (runs?.y ?? 0) < (tokens?.y ?? 0), isReadable: (runs?.height ?? 0) > 150 };
  };
  await expect.poll(measure).toEqual({ areRunsAbove: true, isReadable: true });
  expect(await findInBoth(page)).toEqual([]);
});
