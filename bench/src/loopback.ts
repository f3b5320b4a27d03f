import { atLeast } from './bars.ts';
import type { Findings, Verdict } from './bars.ts';
import { present, contenderTitle } from './contenders.ts';
import type { Settings } from './settings.ts';
import { alternate, series } from './rounds.ts';
import type { Samples } from './rounds.ts';
import { startSampler } from './sampler.ts';
import type { Load, Sample, Sampler } from './sampler.ts';
import { startServer } from './start-server.ts';
import { median, pairedRatio, spread } from './statistics.ts';
import { figure, percent } from './table.ts';
import type { Table } from './table.ts';

const baseline = 'undici-request';

/** Requests per second over loopback, compared with other libraries. */
export async function loopback(settings: Settings): Promise<Findings> {
  const names = await present();
  const { origin, close } = await startServer();
  const samplers = new Map<string, Sampler>();
  for (const name of names) samplers.set(name, await warmedUp(name, origin, settings));
  const all: { load: Load; samples: Samples<Sample> }[] = [];
  for (const load of loads(settings)) {
    settings.tell(`loopback: ${title(load)}`);
    const measure = async (name: string): Promise<Sample> => mustHave(samplers, name).take(load);
    all.push({ load, samples: await alternate(names, settings.rounds, measure) });
  }
  for (const sampler of samplers.values()) sampler.close();
  close();
  return {
    tables: all.map(({ load, samples }) => createTable(load, samples)),
    verdicts: all.flatMap(({ load, samples }) => (load.method === 'get' && load.atOnce === 64 ? judge(samples) : [])),
    samples: all.map(({ load, samples }) => ({ ...load, samples: Object.fromEntries(samples) })),
  };
}

/** A large stack takes seconds to be fully compiled. Earlier samples would measure the compiler. */
async function warmedUp(name: string, origin: string, { extent, tell }: Settings): Promise<Sampler> {
  tell(`loopback: warming up ${name}`);
  const sampler = await startSampler(name, origin);
  const forMs = extent === 'full' ? 5_000 : 3_000;
  await sampler.take({ method: 'get', atOnce: 64, rampMs: 0, forMs });
  if (extent !== 'quick') await sampler.take({ method: 'post', atOnce: 64, rampMs: 0, forMs: forMs / 2 });
  return sampler;
}

function mustHave(samplers: ReadonlyMap<string, Sampler>, name: string): Sampler {
  const sampler = samplers.get(name);
  if (sampler === undefined) throw new Error(`No sampler for ${name}`);
  return sampler;
}

function loads({ extent, seconds }: Settings): readonly Load[] {
  const forMs = seconds * 1_000;
  const of = (method: Load['method'], atOnce: number): Load => ({ method, atOnce, rampMs: forMs / 4, forMs });
  if (extent === 'quick') return [of('get', 64)];
  const gets = [1, 64, 256].map((atOnce) => of('get', atOnce));
  if (extent === 'moderate') return [...gets, of('post', 64)];
  return [...gets, ...[1, 64, 256].map((atOnce) => of('post', atOnce))];
}

const title = ({ method, atOnce }: Load): string => `${method.toUpperCase()} JSON, ${atOnce} at once`;

function createTable(load: Load, samples: Samples<Sample>): Table {
  const rows = [...samples.keys()].map((name) => {
    const of = (reading: keyof Sample): readonly number[] => series(samples, name, reading);
    const times = (reading: keyof Sample): string =>
      figure(pairedRatio(of(reading), series(samples, baseline, reading)));
    return [
      contenderTitle(name),
      figure(median(of('perSecond'))),
      percent(spread(of('perSecond'))),
      times('perSecond'),
      figure(median(of('cpuUs'))),
      times('cpuUs'),
      figure(median(of('p50Ms'))),
      figure(median(of('p99Ms'))),
    ];
  });
  const server = median([...samples.values()].flat().map(({ serverCpuUs }) => serverCpuUs));
  const head = ['contender', 'req/s', 'spread', '×', 'CPU µs/req', 'CPU ×', 'p50 ms', 'p99 ms'];
  const note = `× are medians of paired ratios to the first row. The server took ${figure(server)} µs of its own CPU per request.`;
  return { title: title(load), head, rows, note };
}

/** The required ratios of requests per second: ours, theirs, minimum. */
const bars: readonly (readonly [ours: string, theirs: string, least: number])[] = [
  ['client-fetch-undici', 'undici-request', 0.9],
  ['client-fetch-undici', 'global-fetch', 2.2],
  ['client-get-undici', 'undici-request', 0.65],
  ['client-get-undici', 'global-fetch', 1.6],
  ['client-get-undici', 'axios', 3],
  ['client-get-undici', 'got', 3],
  ['client-get', 'ky-hook', 1.1],
  ['client-fetch', 'global-fetch', 0.95],
];

function judge(samples: Samples<Sample>): readonly Verdict[] {
  return bars
    .filter(([ours]) => samples.has(ours))
    .map(([ours, theirs, least]) => {
      const found = pairedRatio(series(samples, ours, 'perSecond'), series(samples, theirs, 'perSecond'));
      const byCpu = pairedRatio(series(samples, theirs, 'cpuUs'), series(samples, ours, 'cpuUs'));
      return atLeast(`${contenderTitle(ours)} / ${contenderTitle(theirs)}`, { found, byCpu }, least);
    });
}
