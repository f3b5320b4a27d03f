import type { AccessToken, TokenEvent } from '@bearings/oauth-bearer';
import { durationText } from './durations.ts';
import { sentenceOf } from './failure.ts';

/** What has happened to a token, for a person; `undefined` for what is no news. */
export function sayingOf(event: TokenEvent): string | undefined {
  switch (event.type) {
    case 'acquired':
    case 'renewed':
      return arrival(event, event.type === 'renewed' ? ', ahead of the end of the last one' : '');
    case 'rotated':
      return event.isChanged
        ? arrival(event, ', in place of the rejected one')
        : 'the server gave the rejected token again';
    case 'renewal-failed':
      return `no token after ${durationText(event.tookMs)}: ${sentenceOf(event.error)}`;
    case 'invalidated':
      return `the API rejected token ${event.generation} at the age of ${durationText(event.ageMs)}`;
    case 'expired':
      return `token ${event.generation} has expired`;
    case 'recovered':
    case 'closed':
  }
  return undefined;
}

type Arrival = Extract<TokenEvent, { readonly type: 'acquired' | 'renewed' | 'rotated' }>;

const arrival = ({ generation, tookMs, lifetimeMs }: Arrival, why: string): string =>
  `token ${generation} came in ${durationText(tookMs)}${why}; it is good for ${durationText(lifetimeMs)}`;

/** Which token it is, how old, and how long it is good for. */
export function ageOf({ generation, issuedAt, expiresAt, scheme }: AccessToken, now: number): string {
  const what = scheme === 'Bearer' ? 'token' : 'secret';
  if (expiresAt === Infinity) return `${what} ${generation}, which does not end`;
  return `${what} ${generation}, ${durationText(now - issuedAt)} old, ends in ${durationText(expiresAt - now)}`;
}
