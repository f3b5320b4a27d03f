import { color } from '../../output/color.ts';
import type { Color } from '../../output/color.ts';
import { printable, printableJson } from '../../output/redaction.ts';
import { toWords, wrap } from '../../output/table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { CheckResult, Verdict } from './check.ts';
import { joinSkipped } from './join-skipped.ts';

/** Prints each result as soon as it is known. Returns all of them. */
export async function printResults(
  results: AsyncIterable<CheckResult>,
  { stdout }: Pick<Terminal, 'stdout'>,
): Promise<readonly CheckResult[]> {
  const all: CheckResult[] = [];
  let last: string | undefined;
  for await (const result of joinSkipped(collect(results, all))) {
    const { subject } = result;
    const gap = last === undefined ? '' : '\n';
    if (subject !== last) await stdout.write(`${gap}${color(stdout, 'bold', toPrintableLine(subject))}\n`);
    await stdout.write(formatResult(result, stdout));
    last = subject;
  }
  await stdout.write(`\n${formatSummary(all)}\n`);
  return all;
}

async function* collect(results: AsyncIterable<CheckResult>, all: CheckResult[]): AsyncGenerator<CheckResult> {
  for await (const result of results) {
    all.push(result);
    yield result;
  }
}

/** The output of `doctor --json`. Fields may be added, not removed. */
export function formatJson(results: readonly CheckResult[]): string {
  const isOk = results.every(({ verdict }) => verdict !== 'failed');
  const checks = results.map(({ subject, check, verdict, message, durationMs, remedy = null }) => ({
    subject,
    check,
    verdict,
    message,
    remedy,
    durationMs: Math.round(durationMs),
  }));
  return `${printableJson({ ok: isOk, checks }, 2)}\n`;
}

const marks: Readonly<Record<Verdict, { readonly mark: string; readonly style: Color }>> = {
  ok: { mark: '✓', style: 'green' },
  warning: { mark: '!', style: 'yellow' },
  failed: { mark: '✗', style: 'red' },
  skipped: { mark: '–', style: 'dim' },
};

const nameWidth = 13;
const indent = ' '.repeat(nameWidth + 4);

/** A check that takes longer says so: what works slowly is often the cause of what fails elsewhere. */
const slowMs = 1_000;

function formatResult(
  { check, verdict, message: text, durationMs, remedy = '' }: CheckResult,
  stdout: Terminal['stdout'],
): string {
  const { mark, style } = marks[verdict];
  const took = durationMs < slowMs ? '' : ` (took ${(durationMs / 1_000).toFixed(1)} s)`;
  const [first = '', ...more] = wrapText(`${text}${took}`, stdout);
  const shown = verdict === 'skipped' ? color(stdout, 'dim', first) : first;
  const advice = remedy === '' ? [] : wrapText(remedy, stdout).map((line, at) => `${at === 0 ? '→' : ' '} ${line}`);
  const head = `  ${color(stdout, style, mark)} ${check.padEnd(nameWidth)}${shown}`;
  return [head, ...[...more, ...advice].map((line) => `${indent}${line}`)].map((line) => `${line}\n`).join('');
}

/** Wraps a text at the width of the terminal, leaving space for the arrow; in a pipe it is one line. */
function wrapText(text: string, { isTTY, columns }: Terminal['stdout']): readonly string[] {
  const width = isTTY ? Math.max(20, columns - indent.length - 2) : Infinity;
  return wrap(toWords(toPrintableLine(text)), width).map((words) => words.map((word) => word.text).join(' '));
}

const toPrintableLine = (text: string): string => printable(text).replace(/[\n\t]/g, ' ');

function formatSummary(results: readonly CheckResult[]): string {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  const parts = [
    `${count('failed')} failed`,
    ...(count('warning') > 0 ? [`${count('warning')} to check`] : []),
    `${count('ok')} ok`,
    ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : []),
  ];
  return parts.join(', ');
}
