import { parseArgs } from 'node:util';

/** The amount of measuring: quick, usual or full. */
type Extent = 'quick' | 'moderate' | 'full';

/** The options of the command line. */
export interface Settings {
  /** `micro`, `loopback`, `counts`, `memory`; empty for all of them. `profile` has a contender's name behind it. */
  readonly parts: readonly string[];
  readonly rounds: number;
  /** How long a sample takes, after its warm-up. */
  readonly seconds: number;
  readonly extent: Extent;
  readonly jsonFile: string;
  /** Exit with 1 when a bar is missed. */
  readonly isStrict: boolean;
  /** Reports progress. */
  readonly tell: (line: string) => void;
}

/** @throws TypeError for an option that does not exist */
export function readSettings(args: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'string', default: new URL('../results.json', import.meta.url).pathname },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      bars: { type: 'boolean', default: false },
    },
  });
  const { quick, full, json, bars } = values;
  const extents: Readonly<Record<Extent, { rounds: number; seconds: number }>> = {
    quick: { rounds: 3, seconds: 0.3 },
    moderate: { rounds: 5, seconds: 0.4 },
    full: { rounds: 11, seconds: 1 },
  };
  const unhurried = full ? 'full' : 'moderate';
  const extent = quick ? 'quick' : unhurried;
  return {
    parts: positionals,
    rounds: Number(values.rounds ?? extents[extent].rounds),
    seconds: Number(values.seconds ?? extents[extent].seconds),
    extent,
    jsonFile: json,
    isStrict: bars,
    tell: (line) => console.error(`… ${line}`),
  };
}
