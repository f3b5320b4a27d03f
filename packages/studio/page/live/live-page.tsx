import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { Blank, clockTime, count } from '../parts/text.tsx';
import { studio } from '../state/documents.ts';
import { route } from '../state/route.ts';
import { ClientPanel } from './client-panel.tsx';
import { ClientTiles } from './client-tiles.tsx';
import { NoMatch, Tools, isOnlyWrong, matches } from './live-filter.tsx';
import { LiveLoading } from './live-loading.tsx';
import { clients, connectors, gone, isPaused, saidAt, serviceNow, tick, tokens, users } from './live-state.ts';
import { formatLeft, rowState } from './row-state.ts';
import { RunTable } from './run-table.tsx';
import { TokenPanel } from './token-panel.tsx';
import { TokenTable, sortRows } from './token-table.tsx';

/** The tokens and clients of the service that is watched. */
export function LivePage(): JSX.Element {
  const watch = studio.value?.watch;
  if (watch === undefined) return <NoService />;
  if (saidAt.value === undefined && gone.value === undefined) return <LiveLoading watch={watch} />;
  const now = serviceNow.value;
  const all = [...tokens.value.values()];
  const wrong = all.filter((row) => rowState(row, now).isWrong);
  const found = (isOnlyWrong.value ? wrong : all).filter(matches);
  const chosen = tokens.value.get(route.value.name);
  const client = clients.value.get(route.value.name.replace(/^client:/, ''));
  const shownClient = route.value.name.startsWith('client:') ? client : undefined;
  const runs = connectors.value;
  const hasTokens = runs === null || all.length + clients.value.size > 0;
  return (
    <div class={`live${chosen === undefined && shownClient === undefined ? '' : ' with-panel'}`}>
      <div class="live-main">
        <LiveHead watch={watch} />
        {gone.value === undefined ? null : <GoneNotice reason={gone.value.reason} />}
        {runs === null ? null : <RunTable {...runs} now={now} />}
        {gone.value === undefined && hasTokens ? <ClientTiles clients={[...clients.value.values()]} now={now} /> : null}
        {hasTokens ? (
          <>
            <Tools all={all.length} wrong={wrong.length} />
            {found.length === 0 ? (
              <NoMatch all={all.length} />
            ) : (
              <TokenTable
                rows={sortRows(found, now)}
                now={now}
                chosen={chosen?.name ?? ''}
                isOld={gone.value !== undefined}
              />
            )}
          </>
        ) : null}
        <Foot all={hasTokens ? all.length : undefined} />
      </div>
      {chosen === undefined ? null : <TokenPanel row={chosen} now={now} />}
      {shownClient === undefined ? null : <ClientPanel client={shownClient} now={now} />}
    </div>
  );
}

const shortUrl = (url: string): string => url.replace(/^https?:\/\//, '');

/** The title, and whether what is shown is up to date. */
function LiveHead({ watch }: { readonly watch: string }): JSX.Element {
  const away = gone.value;
  return (
    <div class="live-head">
      <h1>Live</h1>
      <span class="sm muted">
        <code>{shortUrl(watch)}</code>
      </span>
      <span class="grow" />
      {away === undefined ? (
        <>
          <span class="sign muted">
            {isPaused.value ? <Icon name="stop" /> : <span class="pulse" />}
            {isPaused.value ? 'paused' : 'up to date'}, {clockTime(saidAt.value ?? tick.value)}
          </span>
          <button class="btn second small" type="button" onClick={() => (isPaused.value = !isPaused.value)}>
            {isPaused.value ? 'Go on' : 'Pause'}
          </button>
        </>
      ) : (
        <span class="sign bad">
          <Icon name="x" />
          away for {formatLeft(tick.value - away.since)}
        </span>
      )}
    </div>
  );
}

function GoneNotice({ reason }: { readonly reason: string }): JSX.Element {
  const last = saidAt.value;
  return (
    <div class="notice bad in-strip" role="alert">
      <Icon name="x" />
      <div>
        <h2>The service does not answer ({reason})</h2>
        <p>
          {last === undefined
            ? 'Start it, or correct '
            : `Below is what it said last, at ${clockTime(last)}; times no longer count. Start it, or correct `}
          <code>--watch</code>. Asked again every 2 s: the page then shows it.
        </p>
      </div>
    </div>
  );
}

function Foot({ all }: { readonly all: number | undefined }): JSX.Element {
  const now = users.value;
  const asOf = gone.value === undefined || saidAt.value === undefined ? '' : ` as of ${clockTime(saidAt.value)}`;
  return (
    <p class="foot">
      {all === undefined ? null : (
        <span>
          {count(all, 'token')} of {count(clients.value.size, 'client')}
          {asOf}. The bar is the time left; the notch is when renewal begins.
        </span>
      )}
      {now === null ? null : (
        <span>
          Users: {now.refreshes} refreshed, {now.failures} failed, {now.ended} must consent again.
        </span>
      )}
      <span class="grow" />
      <span>Read-only. The service shows no token and no secret here.</span>
    </p>
  );
}

function NoService(): JSX.Element {
  return (
    <Blank
      title="No service to watch"
      foot={
        <>
          Then start with <code>bearings studio --watch http://127.0.0.1:8081/status</code>
        </>
      }
    >
      A service that mounts <code>statusHandler</code> of <code>@bearings/studio/status</code> shows here what its
      tokens and clients do: time left, renewals, failures and what to do about them.
    </Blank>
  );
}
