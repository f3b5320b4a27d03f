import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

/** The pages of the documentation; beside them are what their site is built with, and from. */
const pages = globSync('docs/{*,migrate/*,tutorials/*,how-to/*,explanation/*}.md');

const readmes = ['README.md', 'AGENTS.md', ...globSync('{packages,examples}/*/README.md'), ...pages];

/** Every code block whose header is the path of a file, with its text. */
const blocks = readmes.flatMap((readme) =>
  [...readFileSync(readme, 'utf8').matchAll(/^```(?:ts|text|yaml) ((?:examples|packages)\/\S+)\n(.*?)^```$/gms)].map(
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

test('no page has TypeScript or JavaScript that is not a file', () => {
  const bare = /^ *(?:```|~~~)(?:ts|tsx|typescript|js|jsx|javascript|mts|mjs)\b(?! (?:examples|packages|test)\/\S+$)/m;

  const loose = readmes.filter((readme) => bare.test(readFileSync(readme, 'utf8')));

  expect(loose).toEqual([]);
});

test('every file and folder that the root README links to is there', () => {
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, link = '']) => link);

  const missing = links.filter((link) => globSync(link).length === 0);

  expect(links.length).toBeGreaterThan(4);
  expect(missing).toEqual([]);
});

test.each(pages)('every file that %s links to exists', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!http|#)([^)#]+)[^)]*\)/g)].map(([, link = '']) => link);

  expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

test('the index of the documentation names every page', () => {
  const index = readFileSync('docs/README.md', 'utf8');

  const names = pages.map((page) => relative('docs', page));

  expect(names.filter((page) => page !== 'README.md' && !index.includes(`(${page})`))).toEqual([]);
});

const repository = 'https://github.com/bearings-dev/bearings';

/** The files and folders of this repository that a page links to by their public address. */
function publicLinks(page: string): readonly string[] {
  const addresses = [
    `${repository}/blob/main/`,
    `${repository}/tree/main/`,
    `${repository.replace('github.com', 'raw.githubusercontent.com')}/main/`,
  ];
  return [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    const address = addresses.find((each) => link.startsWith(each));
    return address === undefined ? [] : [link.slice(address.length)];
  });
}

/** The anchors of the headings of a page, as GitHub makes them. */
function anchors(page: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(globSync('packages/*/README.md'))(
  '%s links to nothing outside of its tarball but public addresses',
  (readme) => {
    const links = [...readFileSync(readme, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);

    expect(links.filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
  },
);

test.each(globSync('packages/*/README.md'))(
  'the pages and anchors of this repository that %s links to exist',
  (readme) => {
    const missing = publicLinks(readme).filter((link) => {
      const [path = '', anchor] = link.split('#');
      return !existsSync(path) || (anchor !== undefined && !anchors(path).includes(anchor));
    });

    expect(missing).toEqual([]);
  },
);
