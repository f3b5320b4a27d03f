import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const readmes = ['README.md', ...globSync('{packages,examples}/*/README.md'), ...globSync('docs/*.md')];

/** Every code block whose header is the path of a file, with its text. */
const blocks = readmes.flatMap((readme) =>
  [...readFileSync(readme, 'utf8').matchAll(/^```(?:ts|text) ((?:examples|packages)\/\S+)\n(.*?)^```$/gms)].map(
    ([, file = '', text]) => ({
      readme,
      file,
      text,
    }),
  ),
);

test.each(blocks)('the block of $readme is the file $file', ({ file, text }) => {
  const source = readFileSync(file, 'utf8');

  expect(text).toBe(source);
});

test('every README of a package shows a file that runs, or what a command printed in a test', () => {
  const shown = new Set(blocks.map(({ readme }) => readme));

  const silent = globSync('packages/*/README.md').filter((readme) => !shown.has(readme));

  expect(silent).toEqual([]);
});

test('no README has TypeScript that is not a file', () => {
  const loose = readmes.filter((readme) => /^```(?:ts|typescript)$/m.test(readFileSync(readme, 'utf8')));

  expect(loose).toEqual([]);
});

test('every file and folder that the root README links to is there', () => {
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, link = '']) => link);

  const missing = links.filter((link) => globSync(link).length === 0);

  expect(links.length).toBeGreaterThan(4);
  expect(missing).toEqual([]);
});

test.each(globSync('docs/*.md'))('every file that %s links to exists', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!http|#)([^)#]+)[^)]*\)/g)].map(([, link = '']) => link);

  expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

test('the index of the documentation names every page', () => {
  const index = readFileSync('docs/README.md', 'utf8');

  const pages = globSync('docs/*.md').map((page) => basename(page));

  expect(pages.filter((page) => page !== 'README.md' && !index.includes(`(${page})`))).toEqual([]);
});
