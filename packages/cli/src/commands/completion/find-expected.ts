import type { ArgumentSpec, Candidates, CommandSpec, OptionSpec } from '../../command-line/command-spec.ts';
import { children } from '../../command-line/command-tree.ts';
import { globalOptions, helpOption, versionOption } from '../../command-line/global-options.ts';
import { parseFlags } from '../../command-line/option-flags.ts';

/** What may stand where the cursor is. */
export interface Expected {
  /** What is typed of the word so far. */
  readonly typed: string;
  /** What candidates begin with besides, such as `--color=`. */
  readonly prefix: string;
  readonly candidates: Candidates | undefined;
  /** The commands of the group that was named. */
  readonly subcommands: readonly CommandSpec[];
  /** The options, when the word begins with a dash. */
  readonly options: readonly OptionSpec[];
  /** The words before, without options: the argument of `help` is the name of a command. */
  readonly before: readonly string[];
  /** The values of the options before, by name. */
  readonly values: ReadonlyMap<string, string>;
}

/** Finds out what is expected for the last word. */
export function findExpected(specs: readonly CommandSpec[], words: readonly string[]): Expected {
  const typed = words.at(-1) ?? '';
  const { name, positionals, pending, values, areOptionsOver } = readWords(specs, words.slice(0, -1));
  const options = findOptions(specs, name);
  const base = { typed, prefix: '', candidates: undefined, subcommands: [], options: [], before: positionals, values };
  if (pending !== undefined) return { ...base, candidates: pending.candidates ?? pending.choices };
  const [, long = '', value = ''] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? [];
  if (!areOptionsOver && long !== '') {
    const option = options.find((each) => parseFlags(each).long === long && parseFlags(each).value !== undefined);
    return { ...base, typed: value, prefix: `${long}=`, candidates: option?.candidates ?? option?.choices };
  }
  if (!areOptionsOver && typed.startsWith('-')) return { ...base, options };
  return {
    ...base,
    candidates: argumentAt(specs, name, positionals.length)?.candidates,
    subcommands: positionals.length === 0 ? children(specs, name) : [],
  };
}

interface ReadWords {
  /** The command. */
  readonly name: string;
  readonly positionals: readonly string[];
  /** The option whose value is expected next. */
  readonly pending: OptionSpec | undefined;
  readonly values: ReadonlyMap<string, string>;
  readonly areOptionsOver: boolean;
}

function readWords(specs: readonly CommandSpec[], words: readonly string[]): ReadWords {
  let name = '';
  let pending: OptionSpec | undefined;
  let areOptionsOver = false;
  const positionals: string[] = [];
  const values = new Map<string, string>();
  for (const word of words) {
    if (pending !== undefined) {
      values.set(parseFlags(pending).long, word);
      pending = undefined;
    } else if (word === '--') areOptionsOver = true;
    else if (word.startsWith('-') && word !== '-' && !areOptionsOver) {
      pending = readOption(findOptions(specs, name), word, values);
    } else {
      const longer = `${name} ${word}`.trim();
      if (positionals.length === 0 && specs.some((spec) => spec.name === longer)) name = longer;
      else positionals.push(word);
    }
  }
  return { name, positionals, pending, values, areOptionsOver };
}

/** The option, when its value is the next word. */
function readOption(options: readonly OptionSpec[], word: string, values: Map<string, string>): OptionSpec | undefined {
  const [, long, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  if (long !== undefined) {
    values.set(long, value ?? '');
    return undefined;
  }
  const option = options.find((each) => parseFlags(each).long === word || parseFlags(each).short === word);
  return option !== undefined && parseFlags(option).value !== undefined ? option : undefined;
}

function findOptions(specs: readonly CommandSpec[], name: string): readonly OptionSpec[] {
  const own = specs.find((spec) => spec.name === name)?.options ?? [];
  return [...own, ...globalOptions, helpOption, ...(name === '' ? [versionOption] : [])];
}

function argumentAt(specs: readonly CommandSpec[], name: string, place: number): ArgumentSpec | undefined {
  const all = specs.find((spec) => spec.name === name)?.arguments ?? [];
  const last = all.at(-1);
  return all[place] ?? (last?.usage.includes('...') === true ? last : undefined);
}
