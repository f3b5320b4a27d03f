import { children } from '../src/command-line/command-tree.ts';
import type { ArgumentSpec, CommandSpec, OptionSpec, SectionSpec } from '../src/command-line/command-spec.ts';
import { programDescription } from '../src/command-line/create-program.ts';
import { globalOptions, helpOption, versionOption } from '../src/command-line/global-options.ts';
import { parseFlags } from '../src/command-line/option-flags.ts';
import { exitCodeSection } from '../src/exit-codes.ts';

/** The man page of the program, in the language of roff: man(7). */
export function programPage(specs: readonly CommandSpec[]): string {
  return join(
    heading('bearings', programDescription),
    section('SYNOPSIS', '.B bearings', '.RI [ options ]', '.I command', '.RI [ arguments ]'),
    section('COMMANDS', ...specs.filter((spec) => children(specs, spec.name).length === 0).flatMap(commandItem)),
    section('OPTIONS', ...[...globalOptions, versionOption, helpOption].flatMap(optionItem)),
    textSection(exitCodeSection),
    section('ENVIRONMENT', ...environment.flatMap(([name, text]) => ['.TP', `.B ${escape(name)}`, escape(text)])),
    seeAlso(specs.filter(hasPage).map(pageName)),
  );
}

/** The man page of a command. */
export function commandPage(spec: CommandSpec, specs: readonly CommandSpec[]): string {
  const { name, summary, description = `${summary}.`, arguments: given = [], options = [], sections = [] } = spec;
  const below = children(specs, name);
  return join(
    heading(pageName(spec), summary),
    section('SYNOPSIS', `.B bearings ${name}`, '.RI [ options ]', ...given.map(({ usage }) => `.I ${escape(usage)}`)),
    section('DESCRIPTION', escape(description)),
    given.length === 0 ? '' : section('ARGUMENTS', ...given.flatMap(argumentItem)),
    below.length === 0 ? '' : section('COMMANDS', ...below.flatMap(commandItem)),
    options.length === 0 ? '' : section('OPTIONS', ...options.flatMap(optionItem)),
    section('OPTIONS OF EVERY COMMAND', ...[...globalOptions, helpOption].flatMap(optionItem)),
    ...sections.map(textSection),
    seeAlso(['bearings', ...below.map(pageName)]),
  );
}

/** The file name of a page, without the section. */
export const pageName = ({ name }: CommandSpec): string => `bearings-${name.replaceAll(' ', '-')}`;

/** False for `help`, which is described on the page of the program. */
export const hasPage = ({ name }: CommandSpec): boolean => name !== 'help';

const environment: readonly (readonly [name: string, text: string])[] = [
  ['BEARINGS_CONFIG', 'the config, unless --config names one'],
  ['BEARINGS_CONTEXT', 'the context of the config, unless --context names one'],
  ['BEARINGS_KEY', 'the key of stored logins, unless --key names one'],
  ['NO_COLOR, FORCE_COLOR', 'turn colors off and on, unless --color is given'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'the proxy of clients without network in the config'],
];

const heading = (name: string, summary: string): string =>
  [
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" Bearings`,
    '.SH NAME',
    `${escape(name)} \\- ${escape(summary)}`,
  ].join('\n');

const section = (title: string, ...lines: readonly string[]): string => [`.SH ${title}`, ...lines].join('\n');

/** A section whose lines stay as they are. */
const textSection = ({ title, lines }: SectionSpec): string =>
  section(`"${escape(title)}"`, '.EX', ...lines.map(escape), '.EE');

const seeAlso = (pages: readonly string[]): string =>
  section('SEE ALSO', ...pages.map((page, place) => `.BR ${escape(page)} (1)${place < pages.length - 1 ? ',' : ''}`));

const commandItem = ({ name, summary }: CommandSpec): readonly string[] => [
  '.TP',
  `.B ${escape(name)}`,
  escape(summary),
];

const argumentItem = ({ usage, description, default: value }: ArgumentSpec): readonly string[] => [
  '.TP',
  `.I ${escape(usage)}`,
  escape(value === undefined ? description : `${description} (default: ${value})`),
];

function optionItem(option: OptionSpec): readonly string[] {
  const { short, long, value } = parseFlags(option);
  const names = [short, long]
    .filter((name) => name !== undefined)
    .map(escape)
    .join(', ');
  const choices = option.choices === undefined ? '' : `; one of ${option.choices.join(', ')}`;
  const shown = value === undefined ? `.B "${names}"` : `.BI "${names} " ${escape(value)}`;
  return [
    '.TP',
    shown,
    escape(`${option.description}${choices}`),
    ...(option.details === undefined ? [] : ['.br', escape(option.details)]),
  ];
}

/** Text that roff prints as it is. */
const escape = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll("'", '\\(aq').replace(/^\./, '\\&.');

const join = (...parts: readonly string[]): string => `${parts.filter((part) => part !== '').join('\n')}\n`;
