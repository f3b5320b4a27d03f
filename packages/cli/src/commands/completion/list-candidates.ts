import { readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CommandSpec, OptionSpec } from '../../command-line/command-spec.ts';
import { children } from '../../command-line/command-tree.ts';
import { parseFlags } from '../../command-line/option-flags.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Expected } from './find-expected.ts';
import type { Candidate } from './candidate.ts';
import { readNames } from './read-names.ts';

/** The words that begin with what is typed. */
export async function listCandidates(
  terminal: Terminal,
  specs: readonly CommandSpec[],
  expected: Expected,
): Promise<readonly Candidate[]> {
  const { typed, prefix, options, subcommands, before } = expected;
  if (expected.candidates === 'files') return [{ word: ':files' }];
  const all = [
    ...subcommands.map(toCandidate),
    ...options.map(toOption),
    ...(await listWords(terminal, specs, expected)),
  ];
  const isNew = ({ word }: Candidate): boolean => !before.includes(word) || expected.candidates === 'commands';
  return all
    .filter((each) => each.word.startsWith(typed) && isNew(each))
    .map((each) => ({ ...each, word: `${prefix}${each.word}` }));
}

const toCandidate = ({ name, summary }: CommandSpec): Candidate => ({
  word: name.split(' ').at(-1) ?? '',
  description: summary,
});

const toOption = (option: OptionSpec): Candidate => ({
  word: parseFlags(option).long,
  description: option.description,
});

async function listWords(
  terminal: Terminal,
  specs: readonly CommandSpec[],
  { candidates, before, values, typed }: Expected,
): Promise<readonly Candidate[]> {
  if (candidates === undefined || candidates === 'files') return [];
  if (candidates === 'commands') return children(specs, before.join(' ')).map(toCandidate);
  if (candidates === 'bodies') return listBodies(terminal, typed);
  if (candidates !== 'clients' && candidates !== 'contexts') return candidates.map((word) => ({ word }));
  return readNames(terminal, { kind: candidates, config: values.get('--config') });
}

/** `@` and the files of a folder: the shell does not see a file behind the `@`. */
async function listBodies({ cwd }: Terminal, typed: string): Promise<readonly Candidate[]> {
  if (!typed.startsWith('@')) return [];
  const folder = typed.slice(1).replace(/[^/]*$/, '');
  try {
    const files = await readdir(resolve(cwd, folder === '' ? '.' : dirname(`${folder}x`)), { withFileTypes: true });
    return files.map((file) => ({ word: `@${folder}${file.name}${file.isDirectory() ? '/' : ''}` }));
  } catch {
    return [];
  }
}
