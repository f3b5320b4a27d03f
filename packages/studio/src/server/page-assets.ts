import { readFile } from 'node:fs/promises';

/** The files of the page. */
export interface PageAssets {
  readonly script: Uint8Array;
  readonly style: Uint8Array;
}

/**
 * The page that is in the package. In the repository, where nothing built is kept, it is built first; that is fast when it
 * is up to date.
 */
export async function loadPageAssets(): Promise<PageAssets> {
  if (import.meta.url.endsWith('.ts')) await import(new URL('../../scripts/build-page.ts', import.meta.url).href);
  const folder = new URL(import.meta.url.endsWith('.ts') ? '../../dist/page/' : './page/', import.meta.url);
  const [script, style] = await Promise.all(['app.js', 'app.css'].map((name) => readFile(new URL(name, folder))));
  if (script === undefined || style === undefined) throw new TypeError('The page has two files');
  return { script, style };
}
