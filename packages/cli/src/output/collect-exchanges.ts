import type { ExchangeListener } from './observe-exchanges.ts';

/** A request to an authorization server and what followed, without secrets. */
export interface Exchange {
  readonly method: string;
  /** Without the values of its query. */
  readonly url: string;
  /** The headers of the request. */
  readonly request: readonly (readonly [name: string, value: string])[];
  /** The fields of a posted form. */
  readonly form: readonly (readonly [name: string, value: string])[];
  /** `undefined` without a response. */
  readonly status: number | undefined;
  /** The time until the response, or until the failure, in milliseconds. */
  readonly tookMs: number;
  /** The headers of the response. */
  readonly response: readonly (readonly [name: string, value: string])[];
  /** The body of the response; without a response the system's code, such as `ECONNREFUSED`. */
  readonly body: string;
}

/** A listener that calls back with each exchange when it has ended. */
export function collectExchanges(add: (exchange: Exchange) => void): ExchangeListener {
  return ({ method, url, headers: request, form: fields }) => {
    const about = { method, url, request, form: fields.map((field) => splitField(field)) };
    return {
      response: ({ status, tookMs, headers: response, body }) =>
        add({ ...about, status, tookMs, response, body: body.join('\n') }),
      failure: (tookMs, code) => add({ ...about, status: undefined, tookMs, response: [], body: code }),
    };
  };
}

function splitField(field: string): readonly [string, string] {
  const end = field.indexOf('=');
  return end < 0 ? [field, ''] : [field.slice(0, end), field.slice(end + 1)];
}
