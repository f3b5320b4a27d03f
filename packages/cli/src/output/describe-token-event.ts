import type { AccessToken, TokenEvent } from '@bearings/oauth-bearer';
import { formatDuration } from './format-duration.ts';
import { describeFailure } from './report-failure.ts';

/** A sentence about a token event; `undefined` for events that are not worth showing. */
export function describeTokenEvent(event: TokenEvent): string | undefined {
  switch (event.type) {
    case 'acquired':
    case 'renewed':
      return describeNewToken(event, event.type === 'renewed' ? ' before the last one expired' : '');
    case 'rotated':
      return event.isChanged
        ? describeNewToken(event, ' to replace the rejected one')
        : 'the server issued the rejected token again';
    case 'renewal-failed':
      return `no token after ${formatDuration(event.tookMs)}: ${describeFailure(event.error)}`;
    case 'invalidated':
      return `the API rejected token ${event.generation} when it was ${formatDuration(event.ageMs)} old`;
    case 'expired':
      return `token ${event.generation} has expired`;
    case 'store':
      return storeTexts[event.outcome];
    case 'recovered':
    case 'closed':
  }
  return undefined;
}

type StoreOutcome = Extract<TokenEvent, { readonly type: 'store' }>['outcome'];

const storeTexts: Readonly<Record<StoreOutcome, string | undefined>> = {
  taken: 'the token comes from the token store',
  requested: undefined,
  failed: 'the token request of another process failed a moment ago',
  limited: 'all processes together have replaced rejected tokens too often',
  fallback: 'the token store does not answer: a token was requested without it',
  kept: 'the token store does not answer: the token stays in use',
  foreign: 'the token store has an entry that was sealed with another key: it is not used',
  unsealed: 'the key of the token store could not be read: the token is not shared',
  unreadable: 'the token store has a damaged entry: it is not used',
};

type NewTokenEvent = Extract<TokenEvent, { readonly type: 'acquired' | 'renewed' | 'rotated' }>;

const describeNewToken = ({ generation, tookMs, lifetimeMs }: NewTokenEvent, why: string): string =>
  `token ${generation} acquired in ${formatDuration(tookMs)}${why}; valid for ${formatDuration(lifetimeMs)}`;

/** The token's number, its age and how long it is still valid. */
export function describeTokenAge({ generation, issuedAt, expiresAt, scheme }: AccessToken, now: number): string {
  const kind = scheme === 'Bearer' ? 'token' : 'secret';
  if (expiresAt === Infinity) return `${kind} ${generation}, does not expire`;
  return `${kind} ${generation}, ${formatDuration(now - issuedAt)} old, expires in ${formatDuration(expiresAt - now)}`;
}
