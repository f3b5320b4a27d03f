import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import { ConfigError } from '@bearings/client/errors';

/** Names the template of a URL, such as `/v1/orders/{id}`; `undefined` for none. */
export type Classify = (url: URL, method: string) => string | undefined;

/**
 * Where the trace's headers (`traceparent`, `tracestate`, `baggage`, or what else the propagator writes) may go.
 *
 * - `origin`: to the origin that the call is for, and not along when a redirect leads elsewhere.
 * - `everywhere`: along with every request.
 * - `nowhere`.
 * - a list of origins: to these and no others.
 */
export type Propagate = 'origin' | 'everywhere' | 'nowhere' | readonly string[];

/** What is recorded of a client's calls, and by whom. */
export interface TelemetryOptions {
  /** Paths that are told apart by name, such as `/v1/orders/{id}`. They come before what is guessed. Default: none. */
  readonly pathTemplates?: readonly string[];
  /**
   * How many templates, besides those of `pathTemplates`, one client may have; `{other}` stands for the rest.
   * Default: 100.
   */
  readonly maxTemplates?: number;
  /** Takes the place of `pathTemplates` and of guessing. When it throws there is no template. */
  readonly classify?: Classify;
  /** Where the trace's headers may go. Default: `origin`. */
  readonly propagate?: Propagate;
  /**
   * Keeps instrumentations of `fetch` itself from tracing each request once more. That of undici would append a second
   * `traceparent`, and who gets two takes neither. Default: true; false when there is none and a transport of your own
   * has spans to show.
   */
  readonly silenceFetch?: boolean;
  /** Methods that are recorded by name; any other is `_OTHER`. Default: those of RFC 9110, `PATCH` and `QUERY`. */
  readonly knownMethods?: readonly string[];
  /** Default: the global one, also when it is registered later. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one, also when it is registered later. */
  readonly meterProvider?: MeterProvider;
  /** Default: the global one, also when it is registered later. */
  readonly propagator?: TextMapPropagator;
}

/** Options with every default in place, checked. */
export interface TelemetrySettings extends Omit<TelemetryOptions, 'knownMethods'> {
  readonly pathTemplates: readonly string[];
  readonly maxTemplates: number;
  readonly propagate: Propagate;
  readonly silenceFetch: boolean;
  readonly knownMethods: ReadonlySet<string>;
}

/** Those of RFC 9110 §9, of RFC 5789, and the one that ky has a name for besides. */
const standardMethods = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'];

/**
 * Puts defaults in place and checks what was given.
 *
 * @throws ConfigError naming the option, what was found and what would be right
 */
export function settle(options: TelemetryOptions): TelemetrySettings {
  const { pathTemplates = [], maxTemplates = 100, propagate = 'origin', silenceFetch = true } = options;
  if (!Number.isInteger(maxTemplates) || maxTemplates < 0) {
    throw new ConfigError('maxTemplates', `maxTemplates must be a whole number from 0, not ${String(maxTemplates)}`);
  }
  const relative = pathTemplates.find((template) => !template.startsWith('/'));
  if (relative !== undefined) {
    throw new ConfigError(
      'pathTemplates',
      `A path template begins with a slash, and ${JSON.stringify(relative)} does not`,
    );
  }
  return {
    ...options,
    pathTemplates: [...pathTemplates],
    maxTemplates,
    propagate: checkedPropagate(propagate),
    silenceFetch,
    knownMethods: new Set(options.knownMethods ?? standardMethods),
  };
}

function checkedPropagate(propagate: Propagate): Propagate {
  if (typeof propagate !== 'string') return propagate.map(originFrom);
  if (propagate === 'origin' || propagate === 'everywhere' || propagate === 'nowhere') return propagate;
  throw new ConfigError(
    'propagate',
    `propagate is 'origin', 'everywhere', 'nowhere' or a list of origins, not ${JSON.stringify(propagate)}`,
  );
}

function originFrom(text: string): string {
  const url = URL.parse(text);
  if (url !== null && url.origin !== 'null' && url.href === `${url.origin}/`) return url.origin;
  throw new ConfigError(
    'propagate',
    `propagate holds ${JSON.stringify(url?.host ?? '')}, not an origin such as https://api.example`,
  );
}
