import type { MeterProvider, TextMapPropagator, TracerProvider } from '@opentelemetry/api';
import { ConfigError } from '@bearings/client/errors';
import {
  booleanRule,
  checkOptions,
  functionRule,
  listRule,
  methodsRule,
  stringRule,
  wholeNumberRule,
} from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';

/** Returns the template of a URL, such as `/v1/orders/{id}`, or `undefined` for no template. */
export type Classify = (url: URL, method: string) => string | undefined;

/**
 * Which requests get the trace headers (`traceparent`, `tracestate`, `baggage`, or those of another propagator).
 *
 * - `origin`: requests to the origin of the call, not after a redirect to another origin.
 * - `everywhere`: every request.
 * - `nowhere`: no request.
 * - a list of origins: requests to these origins.
 */
export type Propagate = 'origin' | 'everywhere' | 'nowhere' | readonly string[];

/** Options of `withTelemetry`. */
export interface TelemetryOptions {
  /** The templates of paths, such as `/v1/orders/{id}`. Other paths get a guessed template. Default: none. */
  readonly pathTemplates?: readonly string[];
  /**
   * The maximum number of guessed templates of one client. Later ones are recorded as `{other}`. Default: 100.
   */
  readonly maxTemplates?: number;
  /** Replaces `pathTemplates` and guessing. If it throws, there is no template. Default: not set. */
  readonly classify?: Classify;
  /** Which requests get the trace headers. Default: `origin`. */
  readonly propagate?: Propagate;
  /**
   * Stops an instrumentation of `fetch` from recording each request again. The one of undici would add a second
   * `traceparent`, and a server ignores both. Default: true. Set it to false to record the spans of your own transport.
   */
  readonly silenceFetch?: boolean;
  /** The methods that are recorded by name. Others are recorded as `_OTHER`. Default: RFC 9110, `PATCH` and `QUERY`. */
  readonly knownMethods?: readonly string[];
  /** The tracer provider. Default: the global one, also if it is registered later. */
  readonly tracerProvider?: TracerProvider;
  /** The meter provider. Default: the global one, also if it is registered later. */
  readonly meterProvider?: MeterProvider;
  /** The propagator of trace headers. Default: the global one, also if it is registered later. */
  readonly propagator?: TextMapPropagator;
}

/** Checked options with their defaults. */
export interface TelemetrySettings extends Omit<TelemetryOptions, 'knownMethods'> {
  readonly pathTemplates: readonly string[];
  readonly maxTemplates: number;
  readonly propagate: Propagate;
  readonly silenceFetch: boolean;
  readonly knownMethods: ReadonlySet<string>;
}

/** RFC 9110 §9, RFC 5789, and `QUERY`, which ky supports. */
const standardMethods = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'];

const rules: OptionRules<TelemetryOptions> = {
  pathTemplates: listRule(stringRule),
  maxTemplates: wholeNumberRule,
  classify: functionRule,
  propagate: {
    test: (value) => typeof value === 'string' || listRule(stringRule).test(value),
    expected: "'origin', 'everywhere', 'nowhere' or a list of origins",
  },
  silenceFetch: booleanRule,
  knownMethods: listRule(stringRule),
  tracerProvider: methodsRule('a TracerProvider', 'getTracer'),
  meterProvider: methodsRule('a MeterProvider', 'getMeter'),
  propagator: methodsRule('a TextMapPropagator', 'inject', 'fields'),
};

/**
 * Checks the options and sets defaults.
 *
 * @throws ConfigError with the option, its value and what is correct
 */
export function resolveOptions(options: TelemetryOptions): TelemetrySettings {
  checkOptions(options, rules, { owner: 'withTelemetry' });
  const { pathTemplates = [], maxTemplates = 100, propagate = 'origin', silenceFetch = true } = options;
  const relative = pathTemplates.find((template) => !template.startsWith('/'));
  if (relative !== undefined) {
    throw new ConfigError('pathTemplates', `A path template must begin with a slash, not ${JSON.stringify(relative)}`);
  }
  return {
    ...options,
    pathTemplates: [...pathTemplates],
    maxTemplates,
    propagate: parsePropagate(propagate),
    silenceFetch,
    knownMethods: new Set(options.knownMethods ?? standardMethods),
  };
}

function parsePropagate(propagate: Propagate): Propagate {
  if (typeof propagate !== 'string') return propagate.map(parseOrigin);
  if (propagate === 'origin' || propagate === 'everywhere' || propagate === 'nowhere') return propagate;
  throw new ConfigError(
    'propagate',
    `propagate must be 'origin', 'everywhere', 'nowhere' or a list of origins, not ${JSON.stringify(propagate)}`,
  );
}

function parseOrigin(text: string): string {
  const url = URL.parse(text);
  if (url !== null && url.origin !== 'null' && url.href === `${url.origin}/`) return url.origin;
  throw new ConfigError(
    'propagate',
    `propagate must contain origins such as https://api.example, not ${JSON.stringify(url?.host ?? '')}`,
  );
}
