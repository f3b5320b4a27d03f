import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './source-pages.ts';

/** Reads the built site and fails if a link within it leads to a page or an anchor that does not exist. */
const site = join(root, 'docs/.vitepress/dist');
const files = globSync('**/*.html', { cwd: site });
const html = new Map(files.map((file) => [file, readFileSync(join(site, file), 'utf8')]));
const anchors = new Map(
  [...html].map(([file, text]) => [file, new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
);

/** The place of the site below its domain, with which each link begins. */
const base = process.env['DOCS_BASE'] ?? '/';

function findFile(path: string): string | undefined {
  return [path, `${path}.html`, join(path, 'index.html')].find(
    (each) => existsSync(join(site, each)) && /\.\w+$/.test(each),
  );
}

const broken: string[] = [];
let count = 0;
for (const [file, text] of html) {
  for (const [, href = ''] of text.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
    if (/^(?:\w+:|\/\/)/.test(href)) continue;
    count += 1;
    const [path = '', anchor = ''] = href.split('#');
    const target =
      path === '' ? file : findFile(path.startsWith(base) ? path.slice(base.length) : join(dirname(file), path));
    const isThere = target !== undefined && (anchor === '' || anchors.get(target)?.has(decodeURIComponent(anchor)));
    if (!isThere && file !== '404.html') broken.push(`${file}: ${href}`);
  }
}

if (broken.length > 0) throw new Error(`${broken.length} dead links\n${broken.join('\n')}`);
process.stdout.write(`${count} links on ${files.length} pages lead somewhere\n`);
