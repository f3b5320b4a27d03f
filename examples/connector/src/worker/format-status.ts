import type { RunStatus, Status } from './status.ts';

/** The status as lines for people. */
export function formatStatus({ connectors, runs, workers }: Status): readonly string[] {
  const live = workers.filter(({ isLive }) => isLive).map(({ name }) => name);
  return [
    live.length === 0 ? 'workers: none is running' : `workers: ${live.join(', ')}`,
    ...connectors.map(({ name, cron, timezone, nextAt }) =>
      cron === null ? `${name}: no schedule` : `${name}: ${cron} (${timezone}), next at ${nextAt ?? 'no time'}`,
    ),
    ...runs.flatMap((run) => formatRun(run)),
  ];
}

const marks = { queued: '…', running: '▶', succeeded: '✓', failed: '✗' } as const;

function formatRun(run: RunStatus): readonly string[] {
  const { connector, state, records, pages, durationMs, failure, nextAttemptAt, attempts, worker, output } = run;
  const facts = [
    `${marks[state]} ${connector} ${state}`,
    `${records} records in ${pages} pages`,
    ...(durationMs === null ? [] : [formatDuration(durationMs)]),
    ...(attempts > 1 ? [`attempt ${attempts}`] : []),
    ...(state === 'running' && worker !== null ? [`on ${worker}`] : []),
    ...(nextAttemptAt === null ? [] : [`from ${nextAttemptAt}`]),
    ...(output === null ? [] : [`→ ${output}`]),
    `run ${run.id}`,
  ].join(', ');
  if (failure === null) return [facts];
  const remedy = state === 'failed' ? [`    ${failure.remedy}`] : [];
  return [facts, `    ${failure.reason}`, ...failure.details.map((line) => `    ${line}`), ...remedy];
}

function formatDuration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
