import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rewriteLinks } from './rewrite-links.ts';
import { slugify } from './slugify.ts';
import { listSourcePages, root } from './source-pages.ts';

/** Where the pages of the site are collected; VitePress builds from here. */
const target = join(root, 'docs/.pages');

/** Each row of the table of errors gets an anchor, such as `errors#HTTP_STATUS`. */
const addErrorAnchors = (text: string): string =>
  text.replaceAll(/^\| `([A-Z_]+)`/gm, (_row, code: string) => `| <a id="${code}"></a>\`${code}\``);

/** TypeDoc numbers some anchors that appear once, and names modules after their folders: `client/src` is `@bearings/client`. */
function correctApi(text: string): string {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugify(heading.replaceAll('\\', '')));
  return text
    .replace(/^# (.+)$/m, (_line, name: string) => `# @bearings/${name.replace(/\/src\b/, '')}`)
    .replaceAll(/\(#([\w-]+)-\d+\)/g, (link, anchor: string) =>
      headings.filter((heading) => heading === anchor).length === 1 ? `(#${anchor})` : link,
    );
}

const pages = listSourcePages();
const byFile = new Map(pages.map(({ file, page }) => [file, page]));
rmSync(target, { recursive: true, force: true });

for (const { file, page } of pages) {
  const source = readFileSync(join(root, file), 'utf8');
  let text = rewriteLinks(source, file, byFile);
  if (file === 'docs/errors.md') text = addErrorAnchors(text);
  if (page.startsWith('api/') && page !== 'api/index') text = correctApi(text);
  const path = join(target, `${page}.md`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

for (const image of globSync('{docs,packages/*}/screenshots/*.png', { cwd: root }))
  cpSync(join(root, image), join(target, 'public', image));
