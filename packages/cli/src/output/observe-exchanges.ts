import { redact } from '@bearings/client/errors';
import type { Clock } from '@bearings/client';
import { redactBody, redactForm } from './redact-body.ts';
import { hideQueryValues, redactHeader } from './redaction.ts';

type Fetch = typeof globalThis.fetch;
type Pairs = readonly (readonly [name: string, value: string])[];

/** A request as it may be shown. */
interface ShownRequest {
  readonly method: string;
  /** Without the values of its query. */
  readonly url: string;
  readonly headers: Pairs;
  /** The fields of a form, such as `scope=orders.read`. */
  readonly form: readonly string[];
}

/** A response as it may be shown. */
interface ShownResponse {
  readonly status: number;
  readonly statusText: string;
  readonly tookMs: number;
  readonly headers: Pairs;
  readonly body: readonly string[];
}

/** What follows a request: a response, or a failure with the system's code or an empty one. */
interface ExchangeEnd {
  response(response: ShownResponse): Promise<void> | void;
  failure(tookMs: number, code: string): Promise<void> | void;
}

/** Called before each request. */
export type ExchangeListener = (request: ShownRequest) => Promise<ExchangeEnd> | ExchangeEnd;

/** What is observed. */
export interface ObservedNetwork {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Requests for which this is true are sent without a listener. */
  readonly isClientRequest: (init: RequestInit) => boolean;
}

/** The same fetch, whose requests and responses a listener gets, without secrets. */
export function observeExchanges(
  { fetch, clock, isClientRequest }: ObservedNetwork,
  listener: ExchangeListener,
): Fetch {
  const secrets = new Set<string>(); // a later response may quote a secret of an earlier exchange
  return async (input, init) => {
    if (isClientRequest(init ?? {})) return fetch(input, init);
    const end = await listener(showRequest(input, init, secrets));
    const startedAt = clock.monotonic();
    try {
      const response = await fetch(input, init);
      await end.response(await showResponse(response, clock.monotonic() - startedAt, secrets));
      return response;
    } catch (cause) {
      await end.failure(clock.monotonic() - startedAt, systemCode(cause));
      throw cause;
    }
  };
}

function showRequest(input: Parameters<Fetch>[0], init: RequestInit | undefined, secrets: Set<string>): ShownRequest {
  const request = input instanceof Request ? input : undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  secrets.add(headers.get('authorization') ?? '');
  const form = redactForm(init?.body, secrets);
  return {
    method: init?.method ?? request?.method ?? 'GET',
    url: hideQueryValues(input instanceof Request ? input.url : String(input)),
    headers: [...headers].map(([name, value]) => [name, redactHeader(name, value, [...secrets])]),
    form,
  };
}

async function showResponse(response: Response, tookMs: number, secrets: Set<string>): Promise<ShownResponse> {
  const { status, statusText, headers } = response;
  const body = await redactBody(response, secrets);
  const shown = [...headers].map(
    ([name, value]) => [name, hideQueryValues(redactHeader(name, value, [...secrets]))] as const,
  );
  return { status, statusText: redact(statusText, [...secrets]), tookMs, headers: shown, body };
}

/** The system's code, such as `ECONNREFUSED`. The error's message is left out: it may quote the request. */
function systemCode(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
}
