import { paint } from '../../output/color.ts';
import type { Paint } from '../../output/color.ts';
import { printable, printableJson } from '../../output/redaction.ts';
import { wordsOf, wrap } from '../../output/table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Line, Verdict } from './check.ts';
import { joinedLines } from './joined-lines.ts';

/** Tells a person what was found, each line when it is known; answers with all of them. */
export async function tellLines(
  lines: AsyncIterable<Line>,
  { stdout }: Pick<Terminal, 'stdout'>,
): Promise<readonly Line[]> {
  const all: Line[] = [];
  let last: string | undefined;
  for await (const line of joinedLines(kept(lines, all))) {
    const { subject } = line;
    const gap = last === undefined ? '' : '\n';
    if (subject !== last) await stdout.write(`${gap}${paint(stdout, 'bold', flat(subject))}\n`);
    await stdout.write(textOf(line, stdout));
    last = subject;
  }
  await stdout.write(`\n${summaryOf(all)}\n`);
  return all;
}

async function* kept(lines: AsyncIterable<Line>, all: Line[]): AsyncGenerator<Line> {
  for await (const line of lines) {
    all.push(line);
    yield line;
  }
}

/** What `doctor --json` prints. The form stays as it is: more fields may come. */
export function jsonOf(lines: readonly Line[]): string {
  const isOk = lines.every(({ verdict }) => verdict !== 'failed');
  const checks = lines.map(({ subject, check, verdict, says, remedy = null }) => ({
    subject,
    check,
    verdict,
    says,
    remedy,
  }));
  return `${printableJson({ ok: isOk, checks }, 2)}\n`;
}

const marks: Readonly<Record<Verdict, { readonly mark: string; readonly how: Paint }>> = {
  ok: { mark: '✓', how: 'green' },
  warning: { mark: '!', how: 'yellow' },
  failed: { mark: '✗', how: 'red' },
  skipped: { mark: '–', how: 'dim' },
};

const nameWidth = 13;
const indent = ' '.repeat(nameWidth + 4);

function textOf({ check, verdict, says, remedy = '' }: Line, stdout: Terminal['stdout']): string {
  const { mark, how } = marks[verdict];
  const [first = '', ...more] = wrapped(says, stdout);
  const text = verdict === 'skipped' ? paint(stdout, 'dim', first) : first;
  const advice = remedy === '' ? [] : wrapped(remedy, stdout).map((line, at) => `${at === 0 ? '→' : ' '} ${line}`);
  const head = `  ${paint(stdout, how, mark)} ${check.padEnd(nameWidth)}${text}`;
  return [head, ...[...more, ...advice].map((line) => `${indent}${line}`)].map((line) => `${line}\n`).join('');
}

/** As wide as the terminal, with room for an arrow; in a pipe, as long as it is. */
function wrapped(text: string, { isTTY, columns }: Terminal['stdout']): readonly string[] {
  const width = isTTY ? Math.max(20, columns - indent.length - 2) : Infinity;
  return wrap(wordsOf(flat(text)), width).map((words) => words.map((word) => word.text).join(' '));
}

const flat = (text: string): string => printable(text).replace(/[\n\t]/g, ' ');

function summaryOf(lines: readonly Line[]): string {
  const count = (verdict: Verdict): number => lines.filter((line) => line.verdict === verdict).length;
  const parts = [
    `${count('failed')} failed`,
    ...(count('warning') > 0 ? [`${count('warning')} to look at`] : []),
    `${count('ok')} ok`,
    ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : []),
  ];
  return parts.join(', ');
}
