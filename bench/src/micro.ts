import { atMost } from './bars.ts';
import type { Findings, Verdict } from './bars.ts';
import { idleCounts, microCases } from './micro-cases.ts';
import type { Readings } from './readings.ts';
import { alternate, series } from './rounds.ts';
import type { Samples } from './rounds.ts';
import { runChild } from './run-child.ts';
import type { Settings } from './settings.ts';
import { median, pairedRatio, spread } from './statistics.ts';
import { figure, percent } from './table.ts';
import type { Table } from './table.ts';

type Sample = Readings<'ns' | 'bytes'>;

/** The young generation has its usual size from the start: a small one would be collected during counting. */
const flags = ['--expose-gc', '--min-semi-space-size=16'];

/** The cost of each part without a network. */
export async function micro({ rounds: most, seconds, tell }: Settings): Promise<Findings> {
  const names = Object.keys(microCases);
  const rounds = Math.ceil(most / 2); // every sample is a new process here: it takes longer and varies less
  tell(`micro: ${names.length} cases, ${rounds} rounds`);
  const measure = (name: string): Promise<Sample> =>
    runChild({ file: 'micro-sample.ts', args: [name, seconds], flags }, ['ns', 'bytes']);
  const samples = await alternate(names, rounds, measure);
  return { tables: [createTable(samples)], verdicts: judge(samples), samples: Object.fromEntries(samples) };
}

function createTable(samples: Samples<Sample>): Table {
  const rows = [...samples.keys()].map((name) => {
    const ns = series(samples, name, 'ns');
    const bytes = median(series(samples, name, 'bytes'));
    const times = pairedRatio(ns, series(samples, 'resolved', 'ns'));
    return [microCases[name]?.title ?? name, figure(median(ns)), percent(spread(ns)), figure(times), figure(bytes)];
  });
  const head = ['operation', 'ns', 'spread', '× resolved', 'bytes'];
  const note = 'Each case in a process of its own, one call after the other. Bytes are of the JavaScript heap alone.';
  return { title: 'Without a network', head, rows, note };
}

function judge(samples: Samples<Sample>): readonly Verdict[] {
  const ns = (name: string): readonly number[] => series(samples, name, 'ns');
  const stage = median(ns('bearer').map((with_, round) => with_ - (ns('plain')[round] ?? Number.NaN)));
  const get = pairedRatio(ns('get'), ns('resolved'));
  return [
    atMost('token.read(), fresh', median(ns('read')), { most: 40, unit: 'ns' }),
    atMost('token.read(), fresh: allocates', median(series(samples, 'read', 'bytes')), { most: 0, unit: 'bytes' }),
    atMost('token.get(), fresh / await of a resolved promise', get, { most: 2, unit: '' }),
    atMost('the bearer stage', stage, { most: 700, unit: 'ns' }),
    ...judgeLayers(ns),
  ];
}

/** Each layer costs about the same for any number of layers. Compares the most expensive range with the average. */
function judgeLayers(ns: (name: string) => readonly number[]): readonly Verdict[] {
  const slope = (from: number, to: number): number =>
    median(ns(`idle-${to}`).map((dear, round) => (dear - (ns(`idle-${from}`)[round] ?? Number.NaN)) / (to - from)));
  const [few, some, , many] = idleCounts;
  const overall = slope(few, many);
  return [
    atMost('an idle layer, of 64', overall, { most: 150, unit: 'ns' }),
    atMost('a layer from the 17th to the 64th / one on average', slope(some, many) / overall, { most: 1.3, unit: '' }),
  ];
}
