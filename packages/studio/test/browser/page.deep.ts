import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { loadPageAssets } from '../../src/server/page-assets.ts';
import { exampleConfig, exampleEnv } from '../example-config.ts';
import { chrome, findAxeProblems } from './browser.ts';
import { goTo, openPage, saveChanges } from './studio-page.ts';

const inBrowser = test.skipIf(!chrome.isThere);
const id = 'bearings.yaml';

/** Lines that are only in one of two texts. */
function differences(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [...old.filter((line) => !now.includes(line)), ...now.filter((line) => !old.includes(line))].map((line) =>
    line.trim(),
  );
}

test('the script of the page has at most 40 kB, compressed', async () => {
  const { script } = await loadPageAssets();

  expect(gzipSync(script).length).toBeLessThanOrEqual(40_000);
});

inBrowser('the page opens without a complaint of the browser, and asks its own server only', async () => {
  const { page, watched, studio } = await openPage();
  await goTo(page, '#/clients/stock');
  await page.getByRole('heading', { name: 'stock' }).waitFor();
  await goTo(page, '#/live');
  await page.getByRole('heading', { name: 'No service to watch' }).waitFor();

  expect(await findAxeProblems(page)).toEqual([]);
  expect(watched.complaints).toEqual([]);
  expect([...watched.origins]).toEqual([studio.origin]);
});

inBrowser('a second browser cannot use the URL, nor the page without its cookie', async () => {
  const { browser, studio } = await openPage();
  const other = await browser.newContext();
  const page = await other.newPage();

  const again = await page.goto(studio.url);
  const bare = await page.goto(studio.origin);

  expect([again?.status(), bare?.status()]).toEqual([403, 401]);
  expect(await page.textContent('h1')).toBe('This page is closed');
});

inBrowser('another site cannot read or write: no cookie, no answer', async () => {
  const { context, studio } = await openPage();
  const page = await context.newPage();
  await page.route('https://evil.test/', (route) => route.fulfill({ contentType: 'text/html', body: '<p>evil</p>' }));
  await page.goto('https://evil.test/');

  const outcome = await page.evaluate(`Promise.all([
    fetch('${studio.origin}/api/state', { credentials: 'include' }).then(() => 'read', () => 'blocked'),
    fetch('${studio.origin}/api/save', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' }).then(({ type }) => type, () => 'blocked'),
    new Promise((resolve) => { const source = new EventSource('${studio.origin}/api/events', { withCredentials: true });
      source.onopen = () => resolve('open'); source.onerror = () => resolve('refused'); }),
  ])`);

  expect(outcome).toEqual(['blocked', expect.stringMatching(/^(?:opaque|blocked)$/), 'refused']);
});

inBrowser('one edit changes one line of the file, and the page says when it was saved', async () => {
  const { page, folder } = await openPage();

  await page.getByLabel('Time limit for each attempt').fill('5000');
  await page.getByText('was 3000').waitFor();
  await saveChanges(page);

  expect(differences(exampleConfig, folder.read(id))).toEqual([
    'timeout: 3000 # their p99 is 1.8 s',
    'timeout: 5000 # their p99 is 1.8 s',
  ]);
});

inBrowser(
  'from bearer to OAuth and back: nothing to save, and a saved switch and its way back restore every byte',
  async () => {
    const { page, folder } = await openPage();
    await goTo(page, '#/clients/stock');
    const choose = (mode: string): Promise<void> => page.locator('.seg label', { hasText: mode }).click();

    await choose('OAuth client credentials');
    await page.getByText('1 field of Static bearer token leaves the file').waitFor();
    await page.getByLabel('Client ID').first().fill('billing');
    await choose('Static bearer');
    await page.getByRole('button', { name: 'No changes' }).waitFor();
    await page.reload();
    expect(folder.read(id)).toBe(exampleConfig);

    await choose('OAuth client credentials');
    await page.getByLabel('Client ID').first().fill('billing');
    await saveChanges(page);
    expect(folder.read(id)).not.toContain('env:STOCK_TOKEN');
    await choose('Static bearer');
    await saveChanges(page);

    expect(folder.read(id)).toBe(exampleConfig);
  },
);

inBrowser('ctrl-Z undoes a switch of modes', async () => {
  const { page } = await openPage();
  await page.locator('.seg label', { hasText: 'API key' }).click();
  await page.getByText('leave the file when you save').waitFor();

  await page.keyboard.press('Control+z');

  await page.getByRole('button', { name: 'No changes' }).waitFor();
  expect(await page.getByLabel('OAuth client credentials').isChecked()).toBe(true);
});

inBrowser(
  'a file that changed meanwhile is not overwritten: both versions show, and the own changes go into it',
  async () => {
    const { page, folder } = await openPage();
    await page.getByLabel('Time limit for each attempt').fill('5000');
    await page.getByText('was 3000').waitFor();
    const theirs = exampleConfig.replace('limit: 2', 'limit: 5');
    folder.write(id, theirs);

    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: 'Write the file' }).click();
    await page.getByRole('heading', { name: 'was changed by something else' }).waitFor();
    expect(folder.read(id)).toBe(theirs);
    await page.getByRole('button', { name: 'Put my 1 change into theirs' }).click();
    await page.getByRole('button', { name: 'Write the file' }).click();
    await page.getByRole('button', { name: /^Saved/ }).waitFor();

    expect(folder.read(id)).toBe(theirs.replace('3000', '5000'));
  },
);

inBrowser('a page without changes follows a file that changes on disk', async () => {
  const { page, folder } = await openPage();

  folder.write(id, exampleConfig.replace('3000', '4321'));

  await expect
    .poll(() => page.getByLabel('Time limit for each attempt').inputValue(), { timeout: 20_000 })
    .toBe('4321');
});

inBrowser('an unknown field is kept, can be corrected, and can be removed', async () => {
  const text = exampleConfig.replace('    retry: { limit: 2 }', '    retry: { limit: 2 }\n    colour: blue # ours');
  const { page, folder } = await openPage({ text });
  await page.getByText('not in the schema').waitFor();

  await page.getByLabel('Time limit for each attempt').fill('1');
  await page.getByText('was 3000').waitFor();
  await saveChanges(page);
  expect(folder.read(id)).toBe(text.replace('3000', '1'));
  await page.locator('[id$=".colour"]').fill('');
  await page.locator('[id$=".colour"]').blur();
  await saveChanges(page);

  expect(folder.read(id)).toBe(exampleConfig.replace('3000', '1'));
});

inBrowser('a file with a syntax error opens as text, with its problem, and can be corrected', async () => {
  const { page, folder, watched } = await openPage({ text: 'clients: [1\n' });
  await page.getByRole('heading', { name: 'cannot be read as YAML' }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);

  await page.getByLabel('Text of the file').fill(exampleConfig);
  await page.getByRole('button', { name: 'Write the file' }).click();

  await page.getByRole('heading', { name: 'orders' }).waitFor();
  expect(folder.read(id)).toBe(exampleConfig);
  expect(watched.complaints).toEqual([]);
});

inBrowser(
  'no secret comes to the page: not into its content, its storage, its addresses, or what it receives',
  async () => {
    const { page, watched } = await openPage();
    for (const name of ['orders', 'stock', 'invoices', 'ledger']) {
      await goTo(page, `#/clients/${name}`);
      await page.getByRole('heading', { name }).waitFor();
      await page.getByText('is there', { exact: true }).waitFor();
    }

    const seen = await page.evaluate(`[document.documentElement.outerHTML, JSON.stringify(localStorage),
    JSON.stringify(sessionStorage), location.href, document.cookie,
    [...document.querySelectorAll('input,textarea')].map((each) => each.value).join(' ')].join(' ')`);
    const all = [seen, ...watched.bodies, ...watched.complaints].join(' ');

    expect(watched.bodies.length).toBeGreaterThan(3);
    for (const secret of Object.values(exampleEnv)) expect(all).not.toContain(secret);
  },
);

inBrowser('a client is added by the wizard with the keyboard alone', async () => {
  const { page, folder } = await openPage();
  await page.getByRole('link', { name: 'New' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#w-name').focus();
  await page.keyboard.type('payments');
  await page.keyboard.press('Tab');
  await page.keyboard.type('http://127.0.0.1:9/');
  await page.keyboard.press('Enter');
  await page.getByText('does not answer from here').waitFor();
  await page.getByLabel('OAuth client credentials').focus();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('button', { name: 'Continue with Static bearer token' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Static bearer token for payments' }).waitFor();
  await page.locator('[id$="payments.auth.tokenRef"]').focus();
  await page.keyboard.type('env:STOCK_TOKEN');
  await page.getByText('is there', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Review and write' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Write/ }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: /^Saved/ }).waitFor();

  const added =
    '\n  payments:\n    baseUrl: http://127.0.0.1:9/\n    auth:\n      type: bearer\n      tokenRef: env:STOCK_TOKEN\n';
  expect(folder.read(id)).toBe(`${exampleConfig}${added}`);
});

inBrowser('ctrl-Enter tests the client as it is in the form, with each check as it comes', async () => {
  const { page } = await openPage({
    async *test({ value }, { name }) {
      const subject = `Client ${name}: here`;
      yield { type: 'check', subject, check: 'config', verdict: 'ok', message: JSON.stringify(value).slice(0, 200) };
      yield { type: 'check', subject, check: 'token', verdict: 'failed', message: 'no', remedy: 'Check clientId' };
    },
  });
  await page.getByLabel('Base URL').fill('https://changed.internal');
  await page.getByText('was https://orders.internal').waitFor();

  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'Test of orders' }).waitFor();
  await page.getByText('https://changed.internal').first().waitFor();
  await page.getByRole('button', { name: 'Go to Client secret' }).click();

  await page.getByRole('heading', { name: 'orders', exact: true }).waitFor();
  await expect
    .poll(() => page.evaluate('document.activeElement?.id'), { timeout: 20_000 })
    .toMatch(/auth\.clientSecretRef$/);
});

inBrowser('what all clients share is edited in the same way, and has no axe finding', async () => {
  const { page, folder } = await openPage();
  await page.getByRole('link', { name: 'All clients' }).click();
  await page.getByRole('heading', { name: 'All clients' }).waitFor();
  expect(await findAxeProblems(page)).toEqual([]);

  await page.getByLabel('Proxy', { exact: true }).fill('http://proxy.internal:3128');
  await page.getByText('1 change').first().waitFor();
  await saveChanges(page);

  expect(folder.read(id)).toBe(`${exampleConfig}network:\n  proxy: http://proxy.internal:3128\n`);
});

inBrowser('grant and DPoP of an OAuth client are set in the form', async () => {
  const { page, folder, watched } = await openPage();
  await goTo(page, '#/clients/orders');
  await page.getByText('More of OAuth client credentials').click();

  await page.getByText('Token exchange').click();
  await page.getByLabel('Subject token').first().fill('env:ORDERS_SECRET');
  await page.getByLabel('DPoP').selectOption('true');
  await saveChanges(page);

  expect(folder.read('bearings.yaml')).toContain('dpop: true');
  expect(folder.read('bearings.yaml')).toMatch(
    /grant:\n\s+type: token_exchange\n\s+subjectTokenRef: env:ORDERS_SECRET/,
  );
  expect(watched.complaints).toEqual([]);
  expect(await findAxeProblems(page)).toEqual([]);
});
