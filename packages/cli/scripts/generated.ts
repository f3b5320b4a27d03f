import { readFileSync } from 'node:fs';
import { commands } from '../src/command-line/commands.ts';
import { commandPage, hasPage, pageName, programPage } from './man-page.ts';
import { withTables } from './markdown-tables.ts';

/** The files generated from the table of commands, by their path relative to this file. */
export function generateFiles(): Readonly<Record<string, string>> {
  const pages = ['../README.md', '../../../docs/cli.md'].map((path) => [
    path,
    withTables(readFileSync(new URL(path, import.meta.url), 'utf8'), commands),
  ]);
  const manPages = commands.filter(hasPage).map((spec) => [`../man/${pageName(spec)}.1`, commandPage(spec, commands)]);
  return Object.fromEntries([...pages, ['../man/bearings.1', programPage(commands)], ...manPages]);
}
