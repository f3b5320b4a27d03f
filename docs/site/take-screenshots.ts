import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { root } from './source-pages.ts';

/**
 * Takes pictures of the built site, checks it with axe and for text wider than the window. Needs Debian's Chromium. Ends with 1
 * when there is a fault.
 */
const site = join(root, 'docs/.vitepress/dist');
const folder = process.argv[2] ?? join(root, 'docs/screenshots');
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname.replace(/\/$/, '/index.html');
  const file = [path, `${path}.html`].map((each) => join(site, each)).find((each) => extname(each) && existsSync(each));
  const type = types[extname(file ?? '')] ?? 'application/octet-stream';
  response.writeHead(file === undefined ? 404 : 200, { 'content-type': type });
  response.end(file === undefined ? '' : readFileSync(file));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

const search = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Search' }).first().click();
  await page.locator('.VPLocalSearchBox input').fill('revoked');
  await page.locator('.VPLocalSearchBox .result').first().waitFor();
};

interface View {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
}

const views: readonly View[] = [
  { name: 'home', path: '/' },
  { name: 'tutorial', path: '/tutorials/first-client' },
  { name: 'errors', path: '/errors' },
  { name: 'api', path: '/api/client' },
  { name: 'config', path: '/config' },
  { name: 'search', path: '/', act: search },
];
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

async function findFaults(page: Page): Promise<readonly string[]> {
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  await page.addScriptTag({ path: axe });
  // The dialog of the search is VitePress's own: two rules find faults in it.
  const violations = await page.evaluate<readonly Violation[]>(
    "axe.run({ exclude: ['.VPLocalSearchBox'] }).then((result) => result.violations)",
  );
  return [
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
    ...violations.map(({ id, nodes }) => `${id} × ${nodes.length}: ${nodes[0]?.target.join(' ')}`),
  ];
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const outside: string[] = [];
    page.on('request', (request) => void (request.url().startsWith(origin) || outside.push(request.url())));
    for (const { name, path, act } of views) {
      await page.goto(origin + path, { waitUntil: 'networkidle' });
      await act?.(page);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
      const faults = [...(await findFaults(page)), ...outside.splice(0).map((url) => `asks for ${url}`)];
      process.stdout.write(`${name} ${size} ${colorScheme}: ${faults.join(' | ') || 'no fault'}\n`);
      process.exitCode = faults.length > 0 ? 1 : process.exitCode;
    }
    await context.close();
  }
}
await browser.close();
server.close();
