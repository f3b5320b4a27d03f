import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { contenders, contenderTitle } from './contenders.ts';
import type { Settings } from './settings.ts';
import { startServer } from './start-server.ts';
import type { Table } from './table.ts';

const atOnce = 64;

/** Where a contender spends its time: the functions with the largest self times, for `pnpm bench profile <name>`. */
export async function profile(name: string, { seconds }: Settings): Promise<readonly Table[]> {
  const opened = await contenders[name]?.load();
  if (opened === undefined)
    throw new Error(`There is no contender ${name}, only ${Object.keys(contenders).join(', ')}`);
  const { origin, close } = await startServer();
  const contender = await opened.open(origin);
  await keepBusy(contender.get, 1);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  const calls = await keepBusy(contender.get, seconds * 5);
  const { profile: taken } = await session.post('Profiler.stop');
  session.disconnect();
  await contender.close();
  close();
  const title = `${contenderTitle(name)}: self times, ${calls} calls`;
  return [
    createTable({ title: `${title}, by place`, top: 14, calls }, taken, framePlace),
    createTable({ title, top: 30, calls }, taken, frameName),
  ];
}

async function keepBusy(act: () => Promise<unknown>, seconds: number): Promise<number> {
  const endsAt = performance.now() + seconds * 1_000;
  let calls = 0;
  const caller = async (): Promise<void> => {
    for (; performance.now() < endsAt; calls += 1) await act();
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return calls;
}

type Frame = Profiler.Profile['nodes'][number]['callFrame'];

interface Outline {
  readonly title: string;
  readonly top: number;
  readonly calls: number;
}

function createTable(
  { title, top, calls }: Outline,
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  label: (frame: Frame) => string,
): Table {
  const labels = new Map(nodes.map(({ id, callFrame }) => [id, label(callFrame)]));
  const selfUs = new Map<string, number>();
  samples.forEach((id, place) => {
    const name = labels.get(id) ?? '';
    selfUs.set(name, (selfUs.get(name) ?? 0) + (timeDeltas[place] ?? 0));
  });
  const total = [...selfUs.values()].reduce((sum, us) => sum + us, 0);
  const most = [...selfUs].toSorted(([, a], [, b]) => b - a).slice(0, top);
  const rows = most.map(([name, us]) => [name, (us / calls).toFixed(2), `${((us / total) * 100).toFixed(1)} %`]);
  return { title, head: ['where', 'µs/call', 'share'], rows };
}

function frameName({ functionName, url, lineNumber }: Frame): string {
  const file = url
    .replace(/^file:\/\//, '')
    .split('/')
    .slice(-3)
    .join('/');
  const name = functionName === '' ? '(anonymous)' : functionName;
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`;
}

/** The package of a function. A function without a file belongs to the engine and keeps its name. */
function framePlace({ functionName, url }: Frame): string {
  const [, ours] = /\/packages\/([^/]+)\//.exec(url) ?? [];
  if (ours !== undefined) return `@bearings/${ours}`;
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (dependency !== undefined) return dependency;
  if (url.startsWith('node:internal/deps/undici')) return 'the platform (fetch)';
  if (url.startsWith('node:')) return 'the platform (the rest)';
  return url === '' ? functionName : 'the bench, wasm';
}
