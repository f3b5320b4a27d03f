import { figure } from './table.ts';
import type { Table } from './table.ts';

/** A bar, and whether it was met. */
export interface Verdict {
  readonly name: string;
  readonly bar: string;
  readonly found: number;
  /** The same ratio by CPU time per request: other load on the machine changes it less. */
  readonly byCpu?: number;
  readonly isMet: boolean;
}

export function atLeast(name: string, { found, byCpu }: { found: number; byCpu: number }, least: number): Verdict {
  return { name, bar: `≥ ${least}`, found, byCpu, isMet: found >= least };
}

/** @param unit - behind the numbers, such as `ns` */
export function atMost(name: string, found: number, { most, unit }: { most: number; unit: string }): Verdict {
  return { name, bar: `≤ ${most} ${unit}`.trimEnd(), found, isMet: found <= most };
}

export function barTable(verdicts: readonly Verdict[]): Table {
  const rows = verdicts.map(({ name, bar, found, byCpu, isMet }) => [
    name,
    bar,
    figure(found),
    byCpu === undefined ? '' : figure(byCpu),
    isMet ? 'pass' : 'MISS',
  ]);
  return { title: 'Bars', head: ['what', 'bar', 'found', 'by CPU', ''], rows };
}

/** The result of one part of the bench. */
export interface Findings {
  readonly tables: readonly Table[];
  readonly verdicts: readonly Verdict[];
  /** Every sample, for other programs. */
  readonly samples: unknown;
}
