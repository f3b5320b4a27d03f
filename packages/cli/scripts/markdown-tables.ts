import type { CommandSpec, OptionSpec } from '../src/command-line/command-spec.ts';
import { children } from '../src/command-line/command-tree.ts';
import { globalOptions } from '../src/command-line/global-options.ts';

/** A page with its generated tables replaced: those between `<!-- flags NAME -->` or `<!-- commands -->`, and `<!-- end -->`. */
export function withTables(page: string, specs: readonly CommandSpec[]): string {
  return page.replaceAll(
    /<!-- (commands|flags(?: [\w ]+?)?) -->\n[^]*?<!-- end -->/g,
    (_, marker: string) => `<!-- ${marker} -->\n\n${createTable(specs, marker)}\n\n<!-- end -->`,
  );
}

const createTable = (specs: readonly CommandSpec[], marker: string): string =>
  marker === 'commands' ? commandTable(specs) : flagTable(specs, marker.replace(/^flags ?/, ''));

const commandTable = (specs: readonly CommandSpec[]): string =>
  table(
    ['command', 'what it does'],
    specs
      .filter((spec) => children(specs, spec.name).length === 0)
      .map(({ name, summary, arguments: given = [] }) => [
        code(['bearings', name, ...given.map(({ usage }) => usage)].join(' ')),
        escape(summary),
      ]),
  );

/** @throws Error for a command without options, or an unknown one */
function flagTable(specs: readonly CommandSpec[], name: string): string {
  const options = name === '' ? globalOptions : specs.find((spec) => spec.name === name)?.options;
  if (options === undefined) throw new Error(`There is no table of flags for ${name}`);
  return table(
    ['flag', 'meaning'],
    options.map((option) => [code(option.flags), escape(describe(option))]),
  );
}

function describe({ description, details, choices }: OptionSpec): string {
  const given = choices === undefined ? description : `${description}; ${choices.join(', ')}`;
  return details === undefined ? given : `${given}. ${details}`;
}

const code = (text: string): string => `\`${text}\``;

const escape = (text: string): string => text.replaceAll(/[|<>]/g, (letter) => `\\${letter}`);

/** Aligned, as the formatter of this repository does. */
function table(head: readonly [string, string], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}
