import { layer } from '@bearings/client/layer';
import type { RetryEvent } from '@bearings/client';
import type { Call, ClientRequest } from '@bearings/client/layer';
import type { TokenEvent } from '@bearings/oauth-bearer';
import type { Observer } from './connect.ts';
import { formatDuration } from './format-duration.ts';
import type { Terminal } from './terminal.ts';

/** The output of `-v`. */
export interface Trace extends Observer {
  readonly onRetry: (event: RetryEvent) => void;
}

/** Prints to stderr each attempt, its response, each pause and token event; no secrets and no query strings. */
export function createTrace({ printError }: Pick<Terminal, 'printError'>): Trace {
  return {
    layer: ({ show }) =>
      layer('network', 'trace', (next, { clock }) => async (request, call) => {
        printError(`> ${request.method} ${withoutQuery(request.url)} (attempt ${call.attempt})`);
        for (const line of formatHeaders(request, call)) printError(`> ${line}`);
        const sentAt = clock.monotonic();
        const response = await next(request, call);
        const tookMs = Math.round(clock.monotonic() - sentAt);
        printError(
          `< ${response.status} ${show(response.headers.get('content-type') ?? 'no content-type')}, after ${tookMs} ms`,
        );
        const challenge = response.headers.get('www-authenticate');
        if (challenge !== null) printError(`< www-authenticate: ${show(challenge)}`);
        return response;
      }),
    onToken: (token) =>
      void token.subscribe((event) => {
        if (event.type !== 'closed') printError(`* token: ${describeTokenEvent(event)}`);
      }),
    onRetry: ({ retry, delayMs, trigger }) =>
      printError(`* retry ${retry} in ${Math.round(delayMs)} ms, because of ${trigger}`),
  };
}

const withoutQuery = (url: string): string => url.replace(/\?.*/s, '?…');

function formatHeaders(request: ClientRequest, call: Call): readonly string[] {
  const secrets = call.headers.credentialValues();
  const lines: string[] = [];
  call.headers.forEach(request, (name, value) => {
    lines.push(
      `${name}: ${secrets.includes(value) ? value.replace(/^((?:Bearer|Basic) )?.*/, '$1[REDACTED]') : value}`,
    );
  });
  return lines.toSorted();
}

function describeTokenEvent(event: TokenEvent): string {
  switch (event.type) {
    case 'acquired':
    case 'renewed':
    case 'rotated':
      return `${event.type}, number ${event.generation}, valid for ${formatDuration(event.lifetimeMs)}`;
    case 'renewal-failed':
      return `not acquired: ${event.error.message} (${event.error.code})`;
    case 'invalidated':
      return `number ${event.generation} was rejected`;
    case 'store':
      return `token store: ${event.outcome}`;
    case 'expired':
    case 'recovered':
    case 'closed':
  }
  return event.type;
}
