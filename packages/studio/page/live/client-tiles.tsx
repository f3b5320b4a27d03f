import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ClientRow } from '../../src/status/status-snapshot.ts';
import { go } from '../state/route.ts';
import { Sign } from '../parts/text.tsx';
import type { Tone } from '../parts/text.tsx';
import { formatWait } from './row-state.ts';

export const circuitTones: Readonly<Record<string, Tone>> = { closed: 'ok', 'half-open': 'warn', open: 'bad' };

/** How bad a client is: an open circuit first. */
const rank = (client: ClientRow): number =>
  ['open', 'half-open', 'closed', ''].indexOf(worstCircuit(client)?.state ?? '');

function worstCircuit({ circuits = [] }: ClientRow) {
  return (
    circuits.find(({ state }) => state === 'open') ??
    circuits.find(({ state }) => state === 'half-open') ??
    circuits.at(-1)
  );
}

const isShowingAll = signal(false);
const shownTiles = 5;

/** The clients, what they do, and their circuit breakers. Those with an open circuit come first when not all fit. */
export function ClientTiles({ clients, now }: { readonly clients: readonly ClientRow[]; readonly now: number }) {
  if (clients.length === 0) {
    return (
      <p class="notice in-strip sm muted">
        <span>
          The service shows no clients: pass them to <code>statusHandler</code> to see calls, queues and circuits.
        </span>
      </p>
    );
  }
  const isAll = isShowingAll.value || clients.length <= shownTiles;
  const worst = clients.toSorted((one, other) => rank(one) - rank(other)).slice(0, shownTiles - 1);
  const shown = isAll ? clients : clients.filter((client) => worst.includes(client));
  return (
    <section aria-label="Clients of the service">
      <div class="strip">
        {shown.map((client) => (
          <Tile key={client.name} client={client} now={now} />
        ))}
        {isAll ? null : (
          <button type="button" class="tile tile-more" onClick={() => (isShowingAll.value = true)}>
            {clients.length - shown.length} more clients
          </button>
        )}
      </div>
    </section>
  );
}

function Tile({ client, now }: { readonly client: ClientRow; readonly now: number }): JSX.Element {
  const { name, calls, retries, inFlight, queue, circuits = [] } = client;
  const circuit = worstCircuit(client);
  const wait =
    circuit?.state === 'open' && circuit.retryAt !== undefined ? Math.max(0, circuit.retryAt - now) : undefined;
  const busy = wait === undefined ? `${inFlight} in flight` : `next probe in ${formatWait(wait)}`;
  const waiting = queue === undefined ? '' : ` · queue ${queue.waiting} of ${queue.limit.toLocaleString('en')}`;
  const refused = (circuit?.refused ?? 0) > 0 ? `${circuit?.refused.toLocaleString('en')} refused` : '';
  return (
    <div class="tile">
      <h2>
        <button type="button" class="tokname" id={`t-client:${name}`} onClick={() => go('live', `client:${name}`)}>
          {name}
        </button>
        {circuit === undefined ? (
          <span class="sign off">no breaker</span>
        ) : (
          <Sign tone={circuitTones[circuit.state] ?? 'off'}>
            <span class="word-wide">breaker </span>
            {circuit.state}
            {circuits.length > 1
              ? ` ${circuits.filter(({ state }) => state === circuit.state).length} of ${circuits.length}`
              : ''}
          </Sign>
        )}
      </h2>
      <p>
        {busy}
        {waiting}
      </p>
      <p>
        {calls.toLocaleString('en')} calls · {refused === '' ? `${retries.toLocaleString('en')} retries` : refused}
      </p>
    </div>
  );
}
