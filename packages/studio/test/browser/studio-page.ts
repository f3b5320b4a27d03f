import type { Clock } from '@bearings/client';
import { onTestFinished } from 'vitest';
import type { Page } from 'playwright-core';
import { createStudio } from '../../src/create-studio.ts';
import type { DocumentKind } from '../../src/documents/document-kind.ts';
import { clientKind } from '../../src/kinds/client-kind.ts';
import { exampleConfig, exampleEnv } from '../example-config.ts';
import { createFolder } from '../folder.ts';
import { launch, watch } from './browser.ts';

interface Scene {
  readonly clock?: Clock;
  readonly text?: string;
  readonly test?: NonNullable<DocumentKind['test']>;
  readonly watch?: string;
}

/** A studio over one config file, in a browser. */
export async function openPage({ text = exampleConfig, test, watch: service, clock }: Scene = {}) {
  const folder = createFolder();
  const file = folder.write('bearings.yaml', text);
  const rules = await clientKind({ env: exampleEnv, test: test ?? async function* () {} });
  const studio = await createStudio({ documents: [{ kind: 'clients', file, rules }], watch: service, clock });
  onTestFinished(() => studio[Symbol.asyncDispose]());
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const watched = watch(page);
  await page.goto(studio.url);
  await page.waitForSelector('h1');
  return { folder, studio, browser, context, page, watched };
}

/** Goes to another part of the page. */
export const goTo = (page: Page, hash: string): Promise<unknown> =>
  page.evaluate(`location.hash = ${JSON.stringify(hash)}`);

/** Writes the changes, and waits until the page says that it is done. */
export async function saveChanges(page: Page): Promise<void> {
  await page.keyboard.press('Control+s');
  await page.getByRole('button', { name: 'Write the file' }).click();
  await page.getByRole('button', { name: /^Saved/ }).waitFor();
}
