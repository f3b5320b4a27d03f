import { systemClock } from '@bearings/client';
import type { Terminal } from '../terminal/terminal.ts';
import { color } from './color.ts';
import { formatDuration } from './format-duration.ts';
import { redactBody, redactForm } from './redact-body.ts';
import { hideQueryValues, printable, redactHeader } from './redaction.ts';

type Fetch = typeof globalThis.fetch;

/**
 * The terminal's fetch, which shows each request and response on stderr, without secrets.
 *
 * @param isClientRequest - requests for which this is true are sent without a log
 */
export function withAuthDebugLog(terminal: Terminal, isClientRequest: (init: RequestInit) => boolean): Fetch {
  const { fetch, clock = systemClock } = terminal;
  const secrets = new Set<string>(); // a later response may quote a secret of an earlier exchange
  return async (input, init) => {
    if (isClientRequest(init ?? {})) return fetch(input, init);
    const context = { terminal, secrets };
    await logRequest(input, init, context);
    const startedAt = clock.monotonic();
    try {
      const response = await fetch(input, init);
      await logResponse(response, clock.monotonic() - startedAt, context);
      return response;
    } catch (cause) {
      const after = formatDuration(clock.monotonic() - startedAt);
      await writeLine(terminal, '<', `no answer after ${after}${formatErrorCode(cause)}`);
      throw cause;
    }
  };
}

interface LogContext {
  readonly terminal: Terminal;
  readonly secrets: Set<string>;
}

async function logRequest(
  input: Parameters<Fetch>[0],
  init: RequestInit | undefined,
  context: LogContext,
): Promise<void> {
  const { terminal, secrets } = context;
  const request = input instanceof Request ? input : undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  const url = hideQueryValues(input instanceof Request ? input.url : String(input));
  secrets.add(headers.get('authorization') ?? '');
  const form = redactForm(init?.body, secrets);
  await writeLine(terminal, '>', `${init?.method ?? request?.method ?? 'GET'} ${url}`);
  for (const [name, value] of headers) {
    await writeLine(terminal, '>', `${name}: ${redactHeader(name, value, [...secrets])}`);
  }
  for (const line of form) await writeLine(terminal, '>', line);
}

async function logResponse(response: Response, tookMs: number, { terminal, secrets }: LogContext): Promise<void> {
  const { status, statusText, headers } = response;
  const body = await redactBody(response, secrets);
  await writeLine(terminal, '<', `${status} ${statusText}`.trimEnd() + ` after ${formatDuration(tookMs)}`);
  for (const [name, value] of headers) {
    await writeLine(terminal, '<', `${name}: ${hideQueryValues(redactHeader(name, value, [...secrets]))}`);
  }
  for (const line of body) await writeLine(terminal, '<', line);
}

async function writeLine({ stderr }: Terminal, direction: '>' | '<', line: string): Promise<void> {
  await stderr.write(`${color(stderr, 'dim', `auth${direction} ${printable(line)}`)}\n`);
}

/** The system's code, such as `: ECONNREFUSED`. The error's message is left out: it may quote the request. */
function formatErrorCode(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? `: ${cause.code}` : '';
}
