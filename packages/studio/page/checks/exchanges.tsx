import type { JSX } from 'preact';
import type { Exchange } from '../../src/checks/check-event.ts';
import { Icon } from '../parts/icon.tsx';
import { PaneSwitch } from '../parts/pane-switch.tsx';
import { Sign } from '../parts/text.tsx';

const hiddenMark = '[REDACTED]';

/** The requests to the authorization server and its answers, as the server has cleaned them. */
export function Exchanges({ exchanges }: { readonly exchanges: readonly Exchange[] }): JSX.Element {
  const host = URL.parse(exchanges[0]?.url ?? '')?.host ?? '';
  const copy = (): void => void navigator.clipboard.writeText(JSON.stringify(exchanges, null, 2));
  return (
    <aside class="pane side" aria-label="Exchange with the authorization server">
      <div class="pane-head">
        <h2 class="grow">{host === '' ? 'Exchange' : `Exchange with ${host}`}</h2>
        <PaneSwitch names={['Checks', 'Exchange']} />
        {exchanges.length === 0 ? null : (
          <button class="btn ghost small" type="button" onClick={copy}>
            <Icon name="copy" />
            Copy
          </button>
        )}
      </div>
      <div class="pane-body" tabIndex={0} role="region" aria-label="Requests and answers">
        {exchanges.length === 0 ? (
          <p class="sm faint pad">Requests to the authorization server and its answers appear here.</p>
        ) : null}
        <div class="exchange">
          {exchanges.map((exchange, place) => (
            <OneExchange key={place} exchange={exchange} />
          ))}
        </div>
      </div>
      <p class="foot">
        Secrets and tokens are taken out by the server before this page gets anything. Safe to paste into a ticket.
      </p>
    </aside>
  );
}

function OneExchange({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const { method, url, status, tookMs, request, form, response, body } = exchange;
  const isOk = status !== undefined && status < 400;
  const path = URL.parse(url)?.pathname ?? url;
  return (
    <details open={!isOk}>
      <summary>
        <Icon name="right" />
        <Sign tone={isOk ? 'ok' : 'bad'}>{status ?? 'none'}</Sign>
        <code class="grow">
          {method} {path}
        </code>
        <span class="xs faint num">{Math.round(tookMs)} ms</span>
      </summary>
      <div class="http">
        <Pairs title="Request" pairs={request} />
        <Pairs title="Form" pairs={form} />
        <Pairs title={`Answer after ${Math.round(tookMs)} ms`} pairs={response} />
        {body === '' ? null : <pre class="json">{pretty(body)}</pre>}
      </div>
    </details>
  );
}

function Pairs({ title, pairs }: { readonly title: string; readonly pairs: Exchange['request'] }): JSX.Element | null {
  if (pairs.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl class="kv">
        {pairs.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>
              <Hidden value={value} />
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}

/** A value whose secret parts were taken out. */
function Hidden({ value }: { readonly value: string }): JSX.Element {
  const parts = value.split(hiddenMark);
  return (
    <>
      {parts.map((part, place) => (
        <>
          {place === 0 ? null : (
            <span class="hidden-secret">
              <Icon name="lock" />
              hidden
            </span>
          )}
          {part}
        </>
      ))}
    </>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2).replaceAll(hiddenMark, 'hidden');
  } catch {
    return body.replaceAll(hiddenMark, 'hidden');
  }
}
