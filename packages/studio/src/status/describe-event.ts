import type { TokenEvent } from '@bearings/oauth-bearer';
import { failureMessage } from './describe-failure.ts';
import type { StatusEvent } from './status-snapshot.ts';

/** An event of a token for people; `undefined` for what is not worth a line. */
export function describeEvent(event: TokenEvent): StatusEvent | undefined {
  const { at } = event;
  switch (event.type) {
    case 'acquired':
    case 'renewed':
    case 'rotated':
      return { at, kind: 'ok', text: `${event.type}: token ${event.generation}`, detail: arrival(event) };
    case 'renewal-failed':
      return { at, kind: 'failed', text: failureMessage(event.error), detail: attempt(event) };
    case 'invalidated':
      return {
        at,
        kind: 'warning',
        text: `token ${event.generation} was rejected by the API`,
        detail: `${seconds(event.ageMs)} old`,
      };
    case 'expired':
      return { at, kind: 'failed', text: `token ${event.generation} expired`, detail: 'there was no newer one' };
    case 'recovered':
      return {
        at,
        kind: 'ok',
        text: 'recovered',
        detail: `after ${event.failures} failures in ${seconds(event.downMs)}`,
      };
    case 'store':
      return storeTexts[event.outcome] === undefined
        ? undefined
        : { at, kind: 'note', text: storeTexts[event.outcome] ?? '', detail: '' };
    case 'closed':
      break;
  }
  return { at, kind: 'note', text: 'closed', detail: '' };
}

type NewToken = Extract<TokenEvent, { readonly tookMs: number; readonly generation: number }>;
type Failed = Extract<TokenEvent, { readonly type: 'renewal-failed' }>;

const arrival = ({ lifetimeMs, tookMs }: NewToken): string =>
  `valid for ${seconds(lifetimeMs)}, in ${Math.round(tookMs)} ms`;

const attempt = ({ failures, tookMs }: Failed): string => `attempt ${failures}, ${Math.round(tookMs)} ms`;

function seconds(ms: number): string {
  if (ms === Infinity) return 'ever';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

type StoreOutcome = Extract<TokenEvent, { readonly type: 'store' }>['outcome'];

const storeTexts: Readonly<Partial<Record<StoreOutcome, string>>> = {
  taken: 'the token comes from the token store',
  failed: 'the token request of another process failed a moment ago',
  limited: 'all processes together have replaced rejected tokens too often',
  fallback: 'the token store does not answer: a token was requested without it',
  kept: 'the token store does not answer: the token stays in use',
  foreign: 'the token store has an entry that was sealed with another key',
  unsealed: 'the key of the token store could not be read',
  unreadable: 'the token store has a damaged entry',
};
