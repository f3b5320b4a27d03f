import { globSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The root of the repository. */
export const root = join(import.meta.dirname, '../..');

/** A file that becomes a page of the site. */
export interface SourcePage {
  /** The Markdown file, relative to the root of the repository. */
  readonly file: string;
  /** The page, relative to the root of the site, without an extension. */
  readonly page: string;
}

const inRoot = (pattern: string): string[] => globSync(pattern, { cwd: root }).toSorted();
const folderName = (file: string): string => dirname(file).split('/').at(-1) ?? '';

/** `docs/.api/client/src/layer-1.md` is the page `api/client-layer`. */
function toApiPage(file: string): string {
  const name = relative('docs/.api', file).replace(/\.md$/, '');
  return `api/${name
    .replace(/\/src\b/, '')
    .replaceAll('/', '-')
    .replace(/-1$/, '')}`;
}

/** All pages: those of `docs`, the READMEs of packages and examples, and the generated reference of the API. */
export function listSourcePages(): readonly SourcePage[] {
  const docs = inRoot('docs/{*,migrate/*,tutorials/*,how-to/*,explanation/*}.md').map((file) => ({
    file,
    page: relative('docs', file)
      .replace(/\.md$/, '')
      .replace(/^README$/, 'contents')
      .replace(/README$/, 'index'),
  }));
  const packages = inRoot('packages/*/README.md').map((file) => ({ file, page: `packages/${folderName(file)}` }));
  const examples = inRoot('examples/*/README.md').map((file) => ({ file, page: `examples/${folderName(file)}` }));
  const api = inRoot('docs/.api/**/*.md').map((file) => ({ file, page: toApiPage(file) }));
  return [...docs, ...packages, ...examples, ...api];
}
