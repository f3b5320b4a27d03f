import { formatDuration, formatInstant } from '../../output/format-duration.ts';
import { color } from '../../output/color.ts';
import { printable } from '../../output/redaction.ts';
import { table, toWords } from '../../output/table.ts';
import type { Cell, Row, Style, Word } from '../../output/table.ts';
import type { Output } from '../../terminal/terminal.ts';
import type { CredentialStatus, ShownError } from './watched-credential.ts';

/** Where and when a table is shown. */
export interface StatusTableOptions {
  readonly output: Output;
  /** In milliseconds since the epoch. */
  readonly now: number;
  /** True for `--watch`: failed acquisitions are retried, so the time of the next try is shown. Default: false. */
  readonly isWatched?: boolean;
}

/** The lines of the table: within the width of a terminal, without a limit in a pipe. */
export function statusTable(statuses: readonly CredentialStatus[], options: StatusTableOptions): readonly string[] {
  const { output } = options;
  const rows = statuses.map((status) => statusRow(status, options));
  const lines = table({
    titles: ['CLIENTS', 'FROM', 'STATE', 'LIFETIME', 'RENEWS AT', 'SCOPES'],
    rows,
    width: output.isTTY ? output.columns : undefined,
    applyStyle: (style, text) => color(output, style, text),
  });
  const legend = scopeLegend(statuses);
  return legend === '' ? lines : [...lines, '', color(output, 'dim', legend)];
}

/** One line about a credential, for the log of changes. */
export function statusLine(status: CredentialStatus, now: number): string {
  const { cells, notes = [] } = statusRow(status, { now, isWatched: true });
  const [clients, , ...rest] = cells.map(cellText).map((text) => (text === '' ? '–' : text));
  return [new Date(now).toISOString(), clients, ...rest, ...(notes.length > 0 ? [cellText(notes)] : [])].join('  ');
}

const cellText = (words: Cell): string => words.map(({ text }) => text).join(' ');

function statusRow(status: CredentialStatus, options: Omit<StatusTableOptions, 'output'>): Row {
  const { credential, from, error } = status;
  const { now } = options;
  return {
    cells: [
      toWords(credential.clients.join(', '), 'bold'),
      toWords(toPrintableLine(from)),
      stateCell(status),
      lifetimeCell(status, now),
      renewalCell(status, now),
      scopesCell(status),
    ],
    ...(error !== undefined && { notes: errorNotes(error, options) }),
  };
}

function errorNotes(error: ShownError, { now, isWatched = false }: Omit<StatusTableOptions, 'output'>): Cell {
  const { message, remedy, retryAt } = error;
  const later = isWatched && retryAt !== undefined ? `; next try at ${formatInstant(retryAt, now)}` : '';
  return [...toWords(toPrintableLine(`✗ ${message}${later}`), 'red'), ...toWords(`→ ${remedy}`)];
}

/** Replaces line breaks and tabs, which would break the table. */
const toPrintableLine = (text: string): string => printable(text).replace(/[\n\t]/g, ' ');

const stateStyles: Readonly<Record<CredentialStatus['state'], { readonly mark: string; readonly style: Style }>> = {
  fresh: { mark: '✓', style: 'green' },
  static: { mark: '✓', style: 'green' },
  stale: { mark: '!', style: 'yellow' },
  none: { mark: '✗', style: 'red' },
  expired: { mark: '✗', style: 'red' },
  rejected: { mark: '✗', style: 'red' },
  closed: { mark: '–', style: 'dim' },
};

function stateCell({ state, isShared }: CredentialStatus): Cell {
  const { mark, style } = stateStyles[state];
  return [{ text: `${mark} ${state}`, style }, ...(isShared ? [{ text: '(stored)' }] : [])];
}

/** A number and its unit are one word, so that they stay on one line. */
function lifetimeCell({ lifetimeMs, expiresAt }: CredentialStatus, now: number): Cell {
  if (lifetimeMs === undefined) return [];
  const lifetime = formatDuration(lifetimeMs);
  return expiresAt === undefined
    ? [{ text: lifetime }]
    : [{ text: `${lifetime},` }, { text: `until ${formatInstant(expiresAt, now)}` }];
}

function renewalCell({ renewsAt, lifetimeMs }: CredentialStatus, now: number): Cell {
  if (renewsAt !== undefined && renewsAt <= now) return [{ text: 'now' }];
  if (renewsAt !== undefined) {
    return [{ text: `${formatInstant(renewsAt, now)},` }, { text: `in ${formatDuration(renewsAt - now)}` }];
  }
  return lifetimeMs === undefined || lifetimeMs === Infinity ? [] : [{ text: 'at the next use' }];
}

function scopesCell({ granted, missing, extra }: CredentialStatus): Cell {
  const words: readonly Word[] = [
    ...granted.map((scope) =>
      extra.includes(scope) ? { text: `+${scope}`, style: 'yellow' as const } : { text: scope },
    ),
    ...missing.map((scope) => ({ text: `−${scope}`, style: 'red' as const })),
  ];
  return words.map(({ text, style }) => ({ text: toPrintableLine(text), style }));
}

function scopeLegend(statuses: readonly CredentialStatus[]): string {
  const signs = [
    ...(statuses.some(({ missing }) => missing.length > 0) ? ['− requested, not granted'] : []),
    ...(statuses.some(({ extra }) => extra.length > 0) ? ['+ granted, not requested'] : []),
  ];
  return signs.join('   ');
}
