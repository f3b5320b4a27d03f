import type { JSX } from 'preact';
import type { ConnectorRun, ConnectorsRow } from '../../src/status/status-snapshot.ts';
import { Icon } from '../parts/icon.tsx';
import type { IconName } from '../parts/icon.tsx';
import { Sign, count } from '../parts/text.tsx';
import type { Tone } from '../parts/text.tsx';
import { formatLeft } from './row-state.ts';

const signs: Readonly<Record<ConnectorRun['state'], readonly [icon: IconName, tone: Tone]>> = {
  queued: ['wait', 'off'],
  running: ['play', 'off'],
  succeeded: ['check', 'ok'],
  failed: ['x', 'bad'],
};

const columns = [
  ['State', 'w-state'],
  ['Connector', 'w-tok'],
  ['Started', 'w-ren'],
  ['Time', 'w-ren c-opt'],
  ['Records', 'w-n r'],
  ['Pages', 'w-n r c-opt'],
  ['Last failure, and what to do', ''],
] as const;

/** The schedules and runs of connectors, the latest run first. */
export function RunTable({ status, failure, now }: ConnectorsRow & { readonly now: number }): JSX.Element {
  const { workers = [], connectors = [], runs = [] } = status ?? {};
  const live = workers.filter(({ isLive }) => isLive);
  const upcoming = connectors.filter(({ nextAt }) => nextAt !== null);
  return (
    <section class="runs" aria-labelledby="runs">
      <div class="live-head">
        <h2 id="runs">Connectors</h2>
        <Sign tone={live.length === 0 ? 'bad' : 'ok'}>
          {count(live.length, 'worker')}: {live.map(({ name }) => name).join(', ')}
        </Sign>
        {failure === null ? null : (
          <span class="sign bad" role="alert">
            <Icon name="x" />
            {failure}
          </span>
        )}
        <span class="grow" />
        <span class="sm muted">
          {upcoming
            .map(({ name, nextAt }) => `${name} next in ${formatLeft(Date.parse(nextAt ?? '') - now)}`)
            .join(' · ')}
        </span>
      </div>
      <div class="table-box" tabIndex={0} role="region" aria-label="Runs">
        <table class="tokens">
          <thead>
            <tr>
              {columns.map(([title, style]) => (
                <th key={title} scope="col" class={style}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <Run key={run.id} run={run} />
            ))}
          </tbody>
        </table>
        {runs.length > 0 ? null : (
          <p class="no-match muted" role="status">
            {status === null ? 'Reading …' : 'No run yet.'}
          </p>
        )}
      </div>
    </section>
  );
}

function Run({ run }: { readonly run: ConnectorRun }): JSX.Element {
  const { connector, state, attempts, records, pages, startedAt, durationMs, nextAttemptAt, worker, failure } = run;
  const [icon, tone] = signs[state];
  const place = state === 'running' ? worker : nextAttemptAt && `from ${shortTime(nextAttemptAt)}`;
  return (
    <tr>
      <td>
        <span class={`sign ${tone}`}>
          <Icon name={icon} />
          {state}
        </span>
      </td>
      <td>
        <div class="cell">
          <b>{connector}</b>
          <small>
            {attempts > 1 ? `attempt ${attempts} ` : null}
            {place}
          </small>
        </div>
      </td>
      <td>{startedAt === null ? '–' : shortTime(startedAt)}</td>
      <td class="c-opt">{durationMs === null ? '–' : formatLeft(durationMs)}</td>
      <td class="r">{records.toLocaleString('en')}</td>
      <td class="r c-opt">{pages.toLocaleString('en')}</td>
      <td>
        {failure === null ? (
          '–'
        ) : (
          <div class="fail">
            <Icon name={state === 'failed' ? 'x' : 'warn'} tone={state === 'failed' ? 'bad' : 'warn'} />
            <span title={failure.reason}>{failure.reason}</span>
            <span class="fix" title={failure.remedy}>
              → {failure.remedy}
            </span>
          </div>
        )}
      </td>
    </tr>
  );
}

/** Day and time of an instant, in the time of this machine. */
const shortTime = (at: string): string =>
  new Date(at).toLocaleString('en-GB', { dateStyle: 'short', timeStyle: 'short' });
