import { atMost } from './bars.ts';
import type { Findings, Verdict } from './bars.ts';
import { contenders, present, contenderTitle } from './contenders.ts';
import type { Readings } from './readings.ts';
import { runChild } from './run-child.ts';
import type { Settings } from './settings.ts';
import { startServer } from './start-server.ts';

const readings = ['cold', 'coldFailed', 'rejected', 'rejectedFailed', 'sawRejection'] as const;
type Count = Readings<(typeof readings)[number]>;

/** Counts token requests: 1,000 callers without a token, and 200 callers whose token is rejected one by one. */
export async function counts({ tell }: Settings): Promise<Findings> {
  const counted: (readonly [string, Count])[] = [];
  for (const name of await present()) {
    if (!contenders[name]?.getsTokens) continue;
    tell(`counts: ${contenderTitle(name)}`);
    const { origin, close } = await startServer();
    counted.push([name, await runChild({ file: 'counts-sample.ts', args: [name, origin] }, readings)]);
    close();
  }
  const rows = counted.map(([name, { cold, coldFailed, rejected, rejectedFailed }]) => [
    contenderTitle(name),
    ...[cold, coldFailed, rejected, rejectedFailed].map(String),
  ]);
  const head = ['contender', '1,000 cold', 'failed', '200 × 401', 'failed'];
  const note =
    'Token requests that the server saw, and calls that failed. Hooks and interceptors keep the token in a variable, ' +
    'as in the documentation of these libraries.';
  return {
    tables: [{ title: 'Token requests', head, rows, note }],
    verdicts: counted.flatMap(([name, count]) => (name.startsWith('client-') ? judge(name, count) : [])),
    samples: Object.fromEntries(counted),
  };
}

function judge(name: string, { cold, coldFailed, rejected, rejectedFailed }: Count): readonly Verdict[] {
  const one = { most: 1, unit: '' };
  const none = { most: 0, unit: '' };
  return [
    atMost(`${contenderTitle(name)}: token requests of 1,000 cold callers`, cold, one),
    atMost(`${contenderTitle(name)}: token requests of 200 staggered 401s`, rejected, one),
    atMost(`${contenderTitle(name)}: calls that failed meanwhile`, coldFailed + rejectedFailed, none),
  ];
}
