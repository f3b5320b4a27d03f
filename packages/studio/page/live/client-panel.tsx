import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import type { ClientRow } from '../../src/status/status-snapshot.ts';
import { hrefTo } from '../state/route.ts';
import { Icon } from '../parts/icon.tsx';
import { Sign } from '../parts/text.tsx';
import { circuitTones } from './client-tiles.tsx';
import { formatWait } from './row-state.ts';
import { closePanel } from './token-panel.tsx';

type Circuit = NonNullable<ClientRow['circuits']>[number];

/** One client: its calls, its queue, and the circuit breaker of each origin. */
export function ClientPanel({ client, now }: { readonly client: ClientRow; readonly now: number }): JSX.Element {
  const close = useRef<HTMLAnchorElement>(null);
  useEffect(() => close.current?.focus(), [client.name]);
  const { name, calls, inFlight, retries, queue, circuits = [] } = client;
  const facts = [
    ['Calls', calls.toLocaleString('en')],
    ['In flight', inFlight.toLocaleString('en')],
    ['Retries', retries.toLocaleString('en')],
    [
      'Queue',
      queue === undefined ? 'no limit on calls at once' : `${queue.waiting} of ${queue.limit.toLocaleString('en')}`,
    ],
  ];
  return (
    <aside class="panel" aria-labelledby="panel-title">
      <div class="pane-head">
        <div class="grow">
          <h2 id="panel-title">{name}</h2>
        </div>
        <a
          ref={close}
          class="btn ghost icon"
          href={hrefTo('live')}
          aria-label="Close the panel"
          onClick={(event) => {
            event.preventDefault();
            closePanel(`client:${name}`);
          }}
        >
          <Icon name="cross" />
        </a>
      </div>
      <div class="panel-body" tabIndex={0} role="region" aria-label={`Details of client ${name}`}>
        <dl class="facts">
          {facts.map(([label, value]) => (
            <>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
        <section aria-labelledby="panel-circuits">
          <h2 id="panel-circuits">Circuit breaker of each origin</h2>
          {circuits.length === 0 ? <p class="sm faint">No calls yet, or no circuit breaker.</p> : null}
          <ul>
            {circuits.toReversed().map((circuit) => (
              <CircuitItem key={circuit.origin} circuit={circuit} now={now} />
            ))}
          </ul>
        </section>
      </div>
    </aside>
  );
}

function CircuitItem({ circuit, now }: { readonly circuit: Circuit; readonly now: number }): JSX.Element {
  const { origin, state, retryAt, refused } = circuit;
  const probe = retryAt === undefined ? '' : `next probe in ${formatWait(Math.max(0, retryAt - now))}, `;
  return (
    <li class="circuit">
      <code>{origin}</code>
      <Sign tone={circuitTones[state] ?? 'off'}>{state}</Sign>
      <small class="xs faint">
        {probe}
        {refused.toLocaleString('en')} calls refused
      </small>
    </li>
  );
}
