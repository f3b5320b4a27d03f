import { durationText, momentText } from '../../output/durations.ts';
import { paint } from '../../output/color.ts';
import { printable } from '../../output/redaction.ts';
import { table, wordsOf } from '../../output/table.ts';
import type { Cell, Row, Style, Word } from '../../output/table.ts';
import type { Output } from '../../terminal/terminal.ts';
import type { CredentialStatus, ShownError } from './watched-credential.ts';

/** What a table is drawn for. */
export interface TableScene {
  readonly output: Output;
  /** In milliseconds since the epoch. */
  readonly now: number;
  /** True when somebody goes on looking, so that failures are tried again. Default: false. */
  readonly isWatched?: boolean;
}

/** The table of credentials as lines: as wide as a terminal, and as wide as it is in a pipe. */
export function statusTable(statuses: readonly CredentialStatus[], scene: TableScene): readonly string[] {
  const { output } = scene;
  const rows = statuses.map((status) => rowOf(status, scene));
  const lines = table({
    titles: ['CLIENTS', 'FROM', 'STATE', 'LIFETIME', 'RENEWS AT', 'SCOPES'],
    rows,
    width: output.isTTY ? output.columns : undefined,
    paint: (style, text) => paint(output, style, text),
  });
  const legend = legendOf(statuses);
  return legend === '' ? lines : [...lines, '', paint(output, 'dim', legend)];
}

/** A credential in one line, for a log of changes. */
export function statusLine(status: CredentialStatus, now: number): string {
  const { cells, notes = [] } = rowOf(status, { now, isWatched: true });
  const [clients, , ...rest] = cells.map(textOf).map((text) => (text === '' ? '–' : text));
  return [new Date(now).toISOString(), clients, ...rest, ...(notes.length > 0 ? [textOf(notes)] : [])].join('  ');
}

const textOf = (words: Cell): string => words.map(({ text }) => text).join(' ');

function rowOf(status: CredentialStatus, scene: Omit<TableScene, 'output'>): Row {
  const { credential, from, error } = status;
  const { now } = scene;
  return {
    cells: [
      wordsOf(credential.clients.join(', '), 'bold'),
      wordsOf(safe(from)),
      stateOf(status),
      lifetimeOf(status, now),
      renewalOf(status, now),
      scopesOf(status),
    ],
    ...(error !== undefined && { notes: notesOf(error, scene) }),
  };
}

function notesOf(error: ShownError, { now, isWatched = false }: Omit<TableScene, 'output'>): Cell {
  const { message, remedy, retryAt } = error;
  const later = isWatched && retryAt !== undefined ? `; tried again at ${momentText(retryAt, now)}` : '';
  return [...wordsOf(safe(`✗ ${message}${later}`), 'red'), ...wordsOf(`→ ${remedy}`)];
}

/** A line break of somebody else's has no place in a table. */
const safe = (text: string): string => printable(text).replace(/[\n\t]/g, ' ');

const looks: Readonly<Record<CredentialStatus['state'], { readonly mark: string; readonly style: Style }>> = {
  fresh: { mark: '✓', style: 'green' },
  static: { mark: '✓', style: 'green' },
  stale: { mark: '!', style: 'yellow' },
  none: { mark: '✗', style: 'red' },
  expired: { mark: '✗', style: 'red' },
  rejected: { mark: '✗', style: 'red' },
  closed: { mark: '–', style: 'dim' },
};

function stateOf({ state }: CredentialStatus): Cell {
  const { mark, style } = looks[state];
  return [{ text: `${mark} ${state}`, style }];
}

/** A number and its unit stay together. */
function lifetimeOf({ lifetimeMs, expiresAt }: CredentialStatus, now: number): Cell {
  if (lifetimeMs === undefined) return [];
  const life = durationText(lifetimeMs);
  return expiresAt === undefined
    ? [{ text: life }]
    : [{ text: `${life},` }, { text: `to ${momentText(expiresAt, now)}` }];
}

function renewalOf({ renewsAt, lifetimeMs }: CredentialStatus, now: number): Cell {
  if (renewsAt !== undefined && renewsAt <= now) return [{ text: 'now' }];
  if (renewsAt !== undefined) {
    return [{ text: `${momentText(renewsAt, now)},` }, { text: `in ${durationText(renewsAt - now)}` }];
  }
  return lifetimeMs === undefined || lifetimeMs === Infinity ? [] : [{ text: 'at the next use' }];
}

function scopesOf({ granted, missing, extra }: CredentialStatus): Cell {
  const words: readonly Word[] = [
    ...granted.map((scope) =>
      extra.includes(scope) ? { text: `+${scope}`, style: 'yellow' as const } : { text: scope },
    ),
    ...missing.map((scope) => ({ text: `−${scope}`, style: 'red' as const })),
  ];
  return words.map(({ text, style }) => ({ text: safe(text), style }));
}

function legendOf(statuses: readonly CredentialStatus[]): string {
  const signs = [
    ...(statuses.some(({ missing }) => missing.length > 0) ? ['− asked for, and not granted'] : []),
    ...(statuses.some(({ extra }) => extra.length > 0) ? ['+ granted, and not asked for'] : []),
  ];
  return signs.join('   ');
}
