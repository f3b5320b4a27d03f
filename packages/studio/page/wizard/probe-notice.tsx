import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { newClient } from './wizard-state.ts';

/** What the API has answered without a credential. */
export function ProbeNotice(): JSX.Element {
  const { baseUrl, probed } = newClient.value;
  const origin = URL.parse(baseUrl)?.origin ?? baseUrl;
  if (probed === undefined) {
    return (
      <div class="notice" role="status">
        <Icon name="spin" tone="spin" />
        <p>
          Asking <code>{origin}</code> what it requires …
        </p>
      </div>
    );
  }
  if (!probed.hasAnswered) {
    return (
      <div class="notice warn" role="status">
        <Icon name="warn" />
        <div>
          <h2>
            <code>{origin}</code> does not answer from here ({probed.reason})
          </h2>
          <p>That is no obstacle: choose what the API requires. The test says more.</p>
        </div>
      </div>
    );
  }
  const { status, challenge } = probed;
  return (
    <div class="notice" role="status">
      <Icon name="check" tone="ok" />
      <div>
        <h2>
          <code>{origin}</code> answers{challenge === '' ? '' : ', and says what it requires'}
        </h2>
        <p>
          <code>HEAD</code> without a credential: {status}
          {challenge === '' ? '.' : ', '}
          {challenge === '' ? null : <code>WWW-Authenticate: {challenge}</code>}
        </p>
      </div>
    </div>
  );
}
