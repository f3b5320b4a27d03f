import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  chrome,
  findAxeProblems,
  startBrowser,
  takeScreenshot,
  watch,
} from '../../../packages/studio/test/browser/browser.ts';
import type { Watched } from '../../../packages/studio/test/browser/browser.ts';
import { takeAmount } from '../../../test/amount.ts';
import { openDemo } from '../src/open-demo.ts';
import type { Demo } from '../src/open-demo.ts';

/** The states whose screenshots are also taken dark and narrow. */
const shownTwice = ['clients', 'test-failed', 'live', 'live-token'];

let demo: Demo;
let browser: Browser;
let page: Page;
let watched: Watched;

beforeAll(async () => {
  if (!chrome.isThere) return;
  demo = await openDemo();
  browser = await startBrowser();
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  watched = watch(page);
  await page.goto(demo.studio.url);
  await page.waitForSelector('h1');
});
afterAll(async () => {
  await browser?.close();
  await demo?.[Symbol.asyncDispose]();
});

const goTo = async (hash: string): Promise<void> => {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
};
const heading = (name: string): Promise<void> => page.getByRole('heading', { name, exact: true }).first().waitFor();
const reset = async (): Promise<void> => {
  await page.evaluate('window.onbeforeunload = null');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await page.waitForSelector('h1');
};

/** A state of the page, and the way to it. */
interface State {
  readonly name: string;
  readonly open: () => Promise<void>;
}

const states: readonly State[] = [
  {
    name: 'clients',
    async open() {
      await goTo('#/clients/orders');
      await heading('orders');
      await page.getByLabel('Time limit for each attempt').fill('5000');
      await page.getByText('Discovered').waitFor();
      await page.getByText('openid').click();
      await page.getByText('2 changes').first().waitFor();
      await page.locator('.ln.changed').nth(1).waitFor();
    },
  },
  {
    name: 'review',
    async open() {
      await page.keyboard.press('Control+s');
      await page.getByRole('heading', { name: 'Write 2 changes' }).waitFor();
    },
  },
  {
    name: 'conflict',
    async open() {
      const text = readFileSync(demo.files.config, 'utf8');
      writeFileSync(demo.files.config, text.replace('retry: { limit: 2 }', 'retry: { limit: 5 }'));
      await page.getByRole('button', { name: 'Write the file' }).click();
      await page.getByRole('heading', { name: 'was changed by something else' }).waitFor();
      writeFileSync(demo.files.config, text);
    },
  },
  {
    name: 'mode-switch',
    async open() {
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.locator('.seg label', { hasText: 'Static bearer' }).click();
      await page.locator('.seg label', { hasText: 'Changes' }).click();
      await page.getByText('leave the file when you save').waitFor();
      await page.locator('.ln.del').first().waitFor();
    },
  },
  {
    name: 'problems',
    async open() {
      await reset();
      await goTo('#/clients/stock');
      await heading('stock');
      await page.getByText('missing').first().waitFor();
    },
  },
  {
    name: 'all-clients',
    async open() {
      await page.getByRole('link', { name: 'All clients' }).click();
      await heading('All clients');
    },
  },
  {
    name: 'saved',
    async open() {
      await goTo('#/clients/status-page');
      await heading('status-page');
      await page.getByLabel('Time limit for each attempt').fill('2000');
      await page.getByText('1 change').first().waitFor();
      await page.keyboard.press('Control+s');
      await page.keyboard.press('Control+Enter');
      await page.getByRole('button', { name: /^Saved/ }).waitFor();
    },
  },
  {
    name: 'test-failed',
    async open() {
      await goTo('#/clients/prices/test');
      await page.getByRole('button', { name: 'Again' }).waitFor();
      await page.getByText('invalid_client').first().waitFor();
    },
  },
  {
    name: 'test-ok',
    async open() {
      await goTo('#/clients/orders/test');
      await heading('Test of orders');
      await page.getByRole('button', { name: 'Again' }).waitFor();
      await page.locator('.check', { hasText: 'API' }).waitFor();
    },
  },
  {
    name: 'wizard-name',
    async open() {
      await goTo('#/clients/+');
      await page.locator('#w-name').fill('payments');
      await page.locator('#w-url').fill(demo.servers.ordersUrl);
    },
  },
  {
    name: 'wizard',
    async open() {
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('without a credential:').waitFor();
    },
  },
  {
    name: 'wizard-details',
    async open() {
      await page.getByRole('button', { name: 'Continue with' }).click();
      await page.getByLabel('Issuer').fill(demo.servers.healthy.issuerUrl);
      await page.getByRole('textbox', { name: 'Client ID' }).first().fill('billing');
      await page.locator('[id$="clientSecretRef"]').fill('env:BILLING_SECRET');
      await page.getByText('Discovered').waitFor();
      await page.getByText('is there', { exact: true }).waitFor();
    },
  },
  {
    name: 'wizard-save',
    async open() {
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.locator('.ln.add').first().waitFor();
    },
  },
  {
    name: 'connector',
    async open() {
      await reset();
      await goTo('#/connectors/shop');
      await page.getByRole('button', { name: 'Preview orders' }).click();
      await page.getByText('25 records').first().waitFor();
      await page.locator('.form .pane-body').evaluate('0');
    },
  },
  {
    name: 'connector-sql',
    async open() {
      await page.locator('.card', { hasText: 'SQL pull' }).click();
      await page.getByText('fields of REST pull leave').waitFor();
    },
  },
  {
    name: 'connector-push',
    async open() {
      await goTo('#/connectors/webhook-in');
      await heading('webhook-in');
    },
  },
  {
    name: 'connector-test',
    async open() {
      await reset();
      await goTo('#/connectors/shop/test');
      await page.getByText('30 records').or(page.getByText('25 records').nth(2)).first().waitFor();
    },
  },
  {
    name: 'live',
    async open() {
      await goTo('#/live');
      await page.getByText('breaker open').waitFor();
      await page.locator('.fail', { hasText: 'invalid_client' }).waitFor();
    },
  },
  {
    name: 'live-token',
    async open() {
      await goTo('#/live/ledger');
      await page.getByText('renewed: token 2').first().waitFor({ timeout: 30_000 });
    },
  },
  {
    name: 'live-client',
    async open() {
      await page.keyboard.press('Escape');
      await page.locator('.tile .tokname', { hasText: 'shipments' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('calls refused').waitFor();
    },
  },
  {
    name: 'live-wrong',
    async open() {
      await goTo('#/live');
      await page.getByRole('button', { name: 'Only what is wrong' }).click();
      await page.locator('.tokname').nth(1).waitFor();
    },
  },
  {
    name: 'live-no-match',
    async open() {
      await page.locator('#search').fill('nothing like that');
      await page.getByText('Nothing matches').waitFor();
    },
  },
  {
    name: 'live-gone',
    async open() {
      await page.getByRole('button', { name: 'Show all' }).click();
      await demo.service[Symbol.asyncDispose]();
      await page.getByText('The service does not answer').waitFor();
    },
  },
];

/** Sizes of a window: a laptop, a narrow one, and 720 × 450, which is 200 % zoom of the first. */
const narrow = { width: 720, height: 900 };
const zoomed = { width: 720, height: 450 };
const wide = { width: 1440, height: 900 };

/** The page is not wider than its window. */
const overflow = (): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Each state is seen in all of them, or in the next ones of them when `SHARE` is less than 1. */
const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [wide, narrow, zoomed].map((size) => ({ colorScheme, size })),
);
test.skipIf(!chrome.isThere).each(states.map((state, index) => ({ ...state, looks: takeAmount(looks, index) })))(
  'the state $name has no axe finding: light, dark, narrow and at 200 % zoom',
  async ({ name, open, looks: seen }) => {
    await open();
    await takeScreenshot(page, name);
    const found: string[] = [];
    for (const { colorScheme, size } of seen) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      const problems = await findAxeProblems(page);
      found.push(...problems.map((line) => `${colorScheme} ${size.width}×${size.height} ${line}`));
      if (Number(await overflow()) > 0) found.push(`${size.width}×${size.height} scrolls sideways`);
      const isDark = colorScheme === 'dark';
      const isExtra = shownTwice.includes(name) && (isDark ? size === wide : size === narrow);
      if (isExtra) await takeScreenshot(page, `${name}-${isDark ? 'dark' : '720'}`);
    }
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });

    expect(found).toEqual([]);
    expect(watched.complaints.filter((line) => !line.includes('409'))).toEqual([]);
    expect([...watched.origins]).toEqual([demo.studio.origin]);
  },
);
