import { systemClock } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import type { TokenOptions } from '@bearings/config';
import { shownBody, shownForm } from '../../output/redact-body.ts';
import { durationText } from '../../output/durations.ts';
import { paint } from '../../output/color.ts';
import { formsOfCredential, printable, shownHeader, withoutQueryValues } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The network of a command. */
export interface Network {
  /** For tokens and clients alike. */
  readonly fetch: typeof globalThis.fetch;
  /** The same, with the terminal's time and chance: what tokens and clients are made with. */
  readonly options: TokenOptions;
  /** For clients made with this network: their requests are not exchanges with the authorization server. */
  readonly layers: () => readonly Layer[];
}

/** The terminal's network; with `debug` it shows each exchange with the authorization server on stderr. */
export function networkOf(terminal: Terminal, debug: boolean): Network {
  const { clock, random } = terminal;
  const time = { ...(clock && { clock }), ...(random && { random }) };
  if (!debug) return { fetch: terminal.fetch, options: { fetch: terminal.fetch, ...time }, layers: () => [] };
  const others = new WeakSet<object>();
  const marking = layer('network', 'mark', (next) => (request, call) => {
    others.add(request.toRequest());
    return next(request, call);
  });
  const fetch = shownFetch(terminal, (input) => typeof input === 'object' && others.has(input));
  return { fetch, options: { fetch, ...time }, layers: () => [marking] };
}

type Fetch = typeof globalThis.fetch;

function shownFetch(terminal: Terminal, isOther: (input: Parameters<Fetch>[0]) => boolean): Fetch {
  const { fetch, clock = systemClock } = terminal;
  const secrets = new Set<string>(); // what one exchange has sent or brought may come back in the next
  return async (input, init) => {
    if (isOther(input)) return fetch(input, init);
    const exchange = { terminal, secrets };
    await showRequest(input, init, exchange);
    const startedAt = clock.monotonic();
    try {
      const response = await fetch(input, init);
      await showResponse(response, clock.monotonic() - startedAt, exchange);
      return response;
    } catch (cause) {
      const after = durationText(clock.monotonic() - startedAt);
      await say(terminal, '<', `no answer after ${after}${reasonOf(cause)}`);
      throw cause;
    }
  };
}

interface Exchange {
  readonly terminal: Terminal;
  readonly secrets: Set<string>;
}

async function showRequest(
  input: Parameters<Fetch>[0],
  init: RequestInit | undefined,
  exchange: Exchange,
): Promise<void> {
  const { terminal, secrets } = exchange;
  const request = input instanceof Request ? input : undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  const url = withoutQueryValues(input instanceof Request ? input.url : String(input));
  for (const form of formsOfCredential(headers.get('authorization') ?? '')) secrets.add(form);
  const form = shownForm(init?.body, secrets);
  await say(terminal, '>', `${init?.method ?? request?.method ?? 'GET'} ${url}`);
  for (const [name, value] of headers) await say(terminal, '>', `${name}: ${shownHeader(name, value, [...secrets])}`);
  for (const line of form) await say(terminal, '>', line);
}

async function showResponse(response: Response, tookMs: number, { terminal, secrets }: Exchange): Promise<void> {
  const { status, statusText, headers } = response;
  const body = await shownBody(response, secrets);
  await say(terminal, '<', `${status} ${statusText}`.trimEnd() + ` after ${durationText(tookMs)}`);
  for (const [name, value] of headers) {
    await say(terminal, '<', `${name}: ${withoutQueryValues(shownHeader(name, value, [...secrets]))}`);
  }
  for (const line of body) await say(terminal, '<', line);
}

async function say({ stderr }: Terminal, direction: '>' | '<', line: string): Promise<void> {
  await stderr.write(`${paint(stderr, 'dim', `auth${direction} ${printable(line)}`)}\n`);
}

/** The system's code, such as `ECONNREFUSED`; its words may quote what was sent. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? `: ${cause.code}` : '';
}
