import { layer } from '@bearings/client/layer';
import type { RetryEvent } from '@bearings/client';
import type { Call, ClientRequest } from '@bearings/client/layer';
import type { TokenEvent } from '@bearings/oauth-bearer';
import type { Onlooker } from './connect.ts';
import { durationText } from './duration.ts';
import type { Terminal } from './terminal.ts';

/** What `-v` tells. */
export interface Trace extends Onlooker {
  readonly onRetry: (event: RetryEvent) => void;
}

/** Tells on stderr of each attempt, its answer, each wait and what happens to the token; no secret, no query string. */
export function traceTo({ tell }: Pick<Terminal, 'tell'>): Trace {
  return {
    layer: ({ show }) =>
      layer('network', 'trace', (next, { clock }) => async (request, call) => {
        tell(`> ${request.method} ${withoutQuery(request.url)} (attempt ${call.attempt})`);
        for (const line of headersOf(request, call)) tell(`> ${line}`);
        const sentAt = clock.monotonic();
        const response = await next(request, call);
        const tookMs = Math.round(clock.monotonic() - sentAt);
        tell(
          `< ${response.status} ${show(response.headers.get('content-type') ?? 'no content-type')}, after ${tookMs} ms`,
        );
        const challenge = response.headers.get('www-authenticate');
        if (challenge !== null) tell(`< www-authenticate: ${show(challenge)}`);
        return response;
      }),
    onToken: (token) =>
      void token.subscribe((event) => {
        if (event.type !== 'closed') tell(`* token: ${eventOf(event)}`);
      }),
    onRetry: ({ retry, delayMs, trigger }) =>
      tell(`* retry ${retry} in ${Math.round(delayMs)} ms, because of ${trigger}`),
  };
}

const withoutQuery = (url: string): string => url.replace(/\?.*/s, '?…');

function headersOf(request: ClientRequest, call: Call): readonly string[] {
  const secrets = call.headers.credentialValues();
  const lines: string[] = [];
  call.headers.forEach(request, (name, value) => {
    lines.push(
      `${name}: ${secrets.includes(value) ? value.replace(/^((?:Bearer|Basic) )?.*/, '$1[REDACTED]') : value}`,
    );
  });
  return lines.toSorted();
}

function eventOf(event: TokenEvent): string {
  switch (event.type) {
    case 'acquired':
    case 'renewed':
    case 'rotated':
      return `${event.type}, number ${event.generation}, lives ${durationText(event.lifetimeMs)}`;
    case 'renewal-failed':
      return `not acquired: ${event.error.message} (${event.error.code})`;
    case 'invalidated':
      return `number ${event.generation} was rejected`;
    case 'expired':
    case 'recovered':
    case 'closed':
  }
  return event.type;
}
