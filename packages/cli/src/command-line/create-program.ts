import { Command, Option } from 'commander';
import { exitCodeSection } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { version } from '../version.ts';
import { showHelp } from './show-help.ts';
import type { ArgumentSpec, CommandSpec, OptionSpec, SectionSpec } from './command-spec.ts';
import { globalOptions, helpOption, versionOption } from './global-options.ts';

/** What the program is for. */
export const programDescription =
  'Authenticated requests to your services, the state of their tokens, and checks that find faults.';

/** Runs one command with what was parsed. */
export type RunSpec = (spec: CommandSpec, command: Command, values: readonly unknown[]) => Promise<void>;

/** Builds the parser of the command line, and its help, from the table of commands. */
export function createProgram(terminal: Terminal, specs: readonly CommandSpec[], runSpec: RunSpec): Command {
  const program = new Command('bearings')
    .description(programDescription)
    .version(version(), versionOption.flags, versionOption.description)
    .helpOption(helpOption.flags, helpOption.description)
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText('after', formatSections([exitCodeSection]));
  for (const option of globalOptions) program.addOption(createOption(option));
  configureOutput(program, terminal);
  for (const spec of specs) addCommand(program, spec, runSpec);
  return program;
}

function configureOutput(program: Command, { stdout, stderr }: Terminal): void {
  program.configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHelpWidth: () => stdout.columns,
    getErrHelpWidth: () => stderr.columns,
    getOutHasColors: () => stdout.hasColor,
    getErrHasColors: () => stderr.hasColor,
    outputError: (text, write) => write(text.replace(/^error: /, 'bearings: ')),
  });
}

function addCommand(program: Command, spec: CommandSpec, runSpec: RunSpec): void {
  const words = spec.name.split(' ');
  const parent = words.slice(0, -1).reduce((group, word) => findCommand(group, word) ?? group, program);
  const command = parent
    .command(words.at(-1) ?? '')
    .summary(spec.summary)
    .description(spec.description ?? '')
    .helpCommand(false);
  for (const argument of spec.arguments ?? []) addArgument(command, argument);
  for (const option of spec.options ?? []) command.addOption(createOption(option));
  if (spec.sections !== undefined) command.addHelpText('after', formatSections(spec.sections));
  if (spec.name === 'help') command.action((topic: readonly string[]) => showHelp(program, topic));
  if (spec.run !== undefined) command.action((...values: unknown[]) => runSpec(spec, command, values.slice(0, -1)));
}

/** The command with this name in a group. */
const findCommand = (group: Command, name: string): Command | undefined =>
  group.commands.find((each) => each.name() === name);

function addArgument(command: Command, { usage, description, default: value }: ArgumentSpec): void {
  command.argument(usage, description, value);
}

function createOption({ flags, description, isRepeatable = false, choices, conflicts }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (choices !== undefined) option.choices(choices);
  if (conflicts !== undefined) option.conflicts([...conflicts]);
  return isRepeatable ? option.argParser(appendValue) : option;
}

const appendValue = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

const formatSections = (sections: readonly SectionSpec[]): string =>
  sections.map(({ title, lines }) => `\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`).join('\n');
