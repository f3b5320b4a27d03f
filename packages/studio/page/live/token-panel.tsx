import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import type { StatusEvent, TokenRow } from '../../src/status/status-snapshot.ts';
import { go, hrefTo } from '../state/route.ts';
import { Icon } from '../parts/icon.tsx';
import { clockTime, toneIcons } from '../parts/text.tsx';
import type { Tone } from '../parts/text.tsx';
import { formatLeft, formatWait, rowState } from './row-state.ts';
import { TimeBar } from './time-bar.tsx';

/** Closes the panel. Focus goes back to the row that has opened it. */
export function closePanel(name: string): void {
  go('live');
  requestAnimationFrame(() => document.getElementById(`t-${name}`)?.focus());
}

/** One token: the time left, what is wrong and what to do, what happened, and its facts. */
export function TokenPanel({ row, now }: { readonly row: TokenRow; readonly now: number }): JSX.Element {
  const close = useRef<HTMLAnchorElement>(null);
  useEffect(() => close.current?.focus(), [row.name]);
  const state = rowState(row, now);
  return (
    <aside class="panel" aria-labelledby="panel-title">
      <div class="pane-head">
        <div class="grow">
          <h2 id="panel-title">{row.name}</h2>
        </div>
        <a
          ref={close}
          class="btn ghost icon"
          href={hrefTo('live')}
          aria-label="Close the panel"
          onClick={(event) => {
            event.preventDefault();
            closePanel(row.name);
          }}
        >
          <Icon name="cross" />
        </a>
      </div>
      <div class="panel-body" tabIndex={0} role="region" aria-label={`Details of ${row.name}`}>
        <div>
          <span class={`st ${state.tone}`}>
            <Icon name={toneIcons[state.tone]} />
            {state.long}
          </span>
          <p class="bignum">{state.leftMs === Infinity ? 'no end' : formatLeft(state.leftMs)}</p>
          <p class="xs faint">{untilText(row, state.leftMs)}</p>
          <TimeBar row={row} state={state} />
        </div>
        <FailureNotice row={row} now={now} tone={state.tone} />
        <Events events={row.events} />
        <Facts row={row} now={now} />
      </div>
    </aside>
  );
}

function untilText({ expiresAt, isStatic }: TokenRow, leftMs: number): string {
  if (isStatic) return 'It is renewed by something else';
  if (leftMs === 0) return 'Calls have no token now';
  return `until calls go out unauthenticated, at ${clockTime(expiresAt ?? 0)}`;
}

function FailureNotice({ row, now, tone }: { readonly row: TokenRow; readonly now: number; readonly tone: Tone }) {
  const { failure } = row;
  if (failure === null) return null;
  const isBad = tone === 'bad';
  const wait = failure.retryAt === null ? '' : ` Next try in ${formatWait(failure.retryAt - now)}.`;
  return (
    <div class={`notice ${isBad ? 'bad' : 'warn'}`}>
      <Icon name={isBad ? 'x' : 'warn'} />
      <div>
        <h3>{failure.message}</h3>
        <p>
          <span aria-hidden="true">→ </span>
          {failure.remedy}.{wait}
        </p>
      </div>
    </div>
  );
}

const kinds: Readonly<Record<StatusEvent['kind'], Tone>> = { ok: 'ok', warning: 'warn', failed: 'bad', note: 'off' };

function Events({ events }: { readonly events: readonly StatusEvent[] }): JSX.Element {
  return (
    <section aria-labelledby="panel-events">
      <h2 id="panel-events">Events</h2>
      {events.length === 0 ? <p class="sm faint">None since the service attached its status.</p> : null}
      <ol class="timeline">
        {events.map((event) => (
          <li key={`${event.at} ${event.text}`}>
            <time>{clockTime(event.at)}</time>
            <Icon name={event.kind === 'note' ? 'pin' : toneIcons[kinds[event.kind]]} tone={kinds[event.kind]} />
            <div>
              {event.text}
              <small>{event.detail}</small>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Facts({ row, now }: { readonly row: TokenRow; readonly now: number }): JSX.Element {
  const last =
    row.renewedAt === null || row.renewals + row.rotations === 0
      ? ''
      : `, the last ${formatLeft(now - row.renewedAt)} ago`;
  const facts: readonly (readonly [string, string, boolean])[] = [
    ['Clients', row.clients.join(', ') || 'not said', false],
    [row.from.startsWith('http') ? 'Issuer' : 'Secret', row.from || 'not said', true],
    ['Client ID', row.clientId, true],
    ['Scopes', row.scopes.join(' '), true],
    ['Renewals', `${row.renewals.toLocaleString('en')}${last}`, false],
    ['Rotations', row.rotations.toLocaleString('en'), false],
    ['From', row.isShared ? 'store: another process has requested it' : row.isStatic ? 'its secret' : 'server', false],
  ];
  return (
    <section aria-labelledby="panel-facts">
      <h2 id="panel-facts" class="vh">
        Facts
      </h2>
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value, isCode]) => (
            <>
              <dt>{name}</dt>
              <dd>{isCode ? <code>{value}</code> : value}</dd>
            </>
          ))}
      </dl>
    </section>
  );
}
