import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, onTestFinished } from 'vitest';

const executablePath = process.env['BEARINGS_CHROMIUM'] ?? '/usr/bin/chromium';
const isRequired = process.env['BEARINGS_REQUIRE_CHROMIUM'] === '1';

/**
 * Debian's Chromium. The tests that need it are skipped where it is not installed, unless `BEARINGS_REQUIRE_CHROMIUM=1`
 * is set: then they fail.
 */
export const chrome = { isThere: isRequired || existsSync(executablePath) };

/** Screenshots for the README are written when this is set: `SCREENSHOTS=1`. */
const isWriting = process.env['SCREENSHOTS'] !== undefined;
const screenshots = fileURLToPath(new URL('../../screenshots/', import.meta.url));

/** Writes a screenshot for the README, if that is wanted. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  if (isWriting) await page.screenshot({ path: `${screenshots}${name}.png` });
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let shared: Promise<Browser> | undefined;
afterAll(async () => (await shared)?.close());

/** One browser for all tests of a file. Each page that it opens has no cookies, and is closed after the test. */
export async function launch(): Promise<Browser> {
  shared ??= startBrowser();
  const browser = await shared;
  onTestFinished(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  return browser;
}

/** The same, for the caller to close. */
export const startBrowser = (): Promise<Browser> => chromium.launch({ executablePath, args: flags });

/** Everything that a page does that it should not. */
export interface Watched {
  /** Violations of the content security policy, errors, and what is written to the console. */
  readonly complaints: readonly string[];
  /** The origins that the page has asked. */
  readonly origins: ReadonlySet<string>;
  /** All that the page has received. */
  readonly bodies: readonly string[];
}

/** Follows a page from its first request on. */
export function watch(page: Page): Watched {
  const complaints: string[] = [];
  const origins = new Set<string>();
  const bodies: string[] = [];
  page.on('console', (message) => void complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => void complaints.push(`error: ${error.message}`));
  page.on('request', (request) => void origins.add(new URL(request.url()).origin));
  page.on('response', (response) => void keepBody(response));
  return { complaints, origins, bodies };

  async function keepBody(response: { text(): Promise<string> }): Promise<void> {
    try {
      bodies.push(await response.text());
    } catch {
      // a redirect, or a stream that has not ended
    }
  }
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds in the page as it is: one line for each rule and element. */
export async function findAxeProblems(page: Page): Promise<readonly string[]> {
  // The page's own policy forbids other scripts. The browser's debugger may add one all the same.
  const source = await readFile(axePath, 'utf8');
  await page.evaluate(source);
  // colors that are on their way from light to dark are no finding
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished))',
  );
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? ''))))`);
}
