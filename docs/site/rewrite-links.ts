import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from './source-pages.ts';

/** The address of files that are no pages of the site. */
const repository = 'https://github.com/bearings-dev/bearings/blob/main';

const fence = /^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ {0,3}\1[^\n]*$/gm;
const link = /(?<=\]\()(?!https?:|mailto:|#|\/)[^)\s#]+(?=(?:#[^)\s]*)?\))/g;

/**
 * The text of a page for the site: links to files of the repository become links to pages, or to the file in the
 * repository. Throws for a link to a file that does not exist.
 *
 * @param file where the text is, relative to the root of the repository
 * @param pages the page of each file that has one
 */
export function rewriteLinks(text: string, file: string, pages: ReadonlyMap<string, string>): string {
  const rewrite = (part: string): string =>
    part.replaceAll(link, (path) => toAddress(normalize(join(dirname(file), path)).replace(/\/$/, ''), file, pages));
  return mapProse(text, rewrite);
}

/** Applies a function to what is outside fenced code. */
function mapProse(text: string, change: (part: string) => string): string {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(fence)) {
    result += change(text.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + change(text.slice(end));
}

function toAddress(target: string, file: string, pages: ReadonlyMap<string, string>): string {
  const page = pages.get(target) ?? pages.get(`${target}/README.md`);
  if (page !== undefined) return `/${page.replace(/(^|\/)index$/, '$1')}`;
  if (!existsSync(join(root, target))) throw new Error(`${file} links to ${target}, which does not exist`);
  return /\.(?:png|svg)$/.test(target) ? `/${target}` : `${repository}/${target}`;
}
