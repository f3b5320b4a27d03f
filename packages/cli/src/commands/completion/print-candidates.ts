import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { CommandSpec } from '../../command-line/command-spec.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { listCandidates } from './list-candidates.ts';
import type { Candidate } from './candidate.ts';
import { findExpected } from './find-expected.ts';

/** Prints what the shell may offer for the last word: a line each, with a tab before the description. */
export async function printCandidates(
  terminal: Terminal,
  specs: readonly CommandSpec[],
  words: readonly string[],
): Promise<ExitCode> {
  const candidates = await listCandidates(terminal, specs, findExpected(specs, words));
  for (const candidate of candidates) await terminal.stdout.write(`${formatCandidate(candidate)}\n`);
  return exitCodes.ok;
}

const formatCandidate = ({ word, description = '' }: Candidate): string =>
  printable(word === ':files' ? word : `${word}\t${description.replaceAll(/\s+/g, ' ')}`);
