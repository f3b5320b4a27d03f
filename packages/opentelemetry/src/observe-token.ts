import { metrics } from '@opentelemetry/api';
import type { Attributes, Counter, Histogram, Meter, ObservableGauge, ObservableResult } from '@opentelemetry/api';
import { checkOptions, methodsRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { TokenError, TokenEvent, TokenHandle, TokenRequestFacts } from '@bearings/oauth-bearer';
import { attribute, other } from './attribute.ts';
import { advisedBuckets } from './call-meters.ts';
import { perProvider } from './per-provider.ts';
import { instrumentationScope } from './instrumentation-scope.ts';

/** Options of `observeToken`. */
export interface TokenObservation {
  /** The name of this token in metrics, such as the API it is for. Not a secret; use few different names. */
  readonly name: string;
  /** The meter. Default: from the global provider. A provider that is registered later is used from the next event on. */
  readonly meter?: Meter;
}

/**
 * Records the events of a token, and how long it is still valid.
 *
 * It stops when the token is closed. Until then the meter keeps a reference to the token.
 *
 * @returns a function that stops it
 * @throws ConfigError if an option is not valid
 */
export function observeToken(token: TokenHandle, options: TokenObservation): () => void {
  checkOptions(options, rules, { owner: 'observeToken' });
  const { name, meter } = options;
  const nameAttribute = { [attribute.tokenName]: name };
  const observeValidity = (result: ObservableResult): void => {
    const { validForMs } = token.status();
    // a static token does not expire, and JSON exporters cannot write infinity
    if (validForMs < Infinity) result.observe(validForMs / 1_000, nameAttribute);
  };
  let gauge: ObservableGauge | undefined;
  const meters = perProvider(
    () => meter ?? metrics.getMeterProvider(),
    () => {
      const created = createTokenMeters(
        meter ?? metrics.getMeter(instrumentationScope.name, instrumentationScope.version),
      );
      gauge?.removeCallback(observeValidity);
      gauge = created.secondsLeft;
      gauge.addCallback(observeValidity);
      return created;
    },
  );
  const stop = (): void => {
    unsubscribe();
    gauge?.removeCallback(observeValidity);
  };
  const unsubscribe = token.subscribe((event) => {
    if (event.type === 'closed') stop();
    else count(meters(), event, nameAttribute);
  });
  meters();
  return stop;
}

const rules: OptionRules<TokenObservation> = {
  name: stringRule,
  meter: methodsRule('a Meter', 'createCounter', 'createHistogram', 'createObservableGauge'),
};

interface TokenMeters {
  readonly acquisitions: Counter;
  readonly failures: Counter;
  readonly invalidations: Counter;
  readonly duration: Histogram;
  readonly storeOutcomes: Counter;
  readonly secondsLeft: ObservableGauge;
}

function createTokenMeters(meter: Meter): TokenMeters {
  return {
    acquisitions: meter.createCounter('bearings.token.acquisitions', {
      description: 'Number of acquired tokens.',
      unit: '{token}',
    }),
    failures: meter.createCounter('bearings.token.failures', {
      description: 'Number of failed acquisitions.',
      unit: '{acquisition}',
    }),
    invalidations: meter.createCounter('bearings.token.invalidations', {
      description: 'Number of tokens that a resource rejected.',
      unit: '{token}',
    }),
    duration: meter.createHistogram('bearings.token.acquisition.duration', {
      description: 'Duration of acquisitions, including failed ones.',
      unit: 's',
      advice: { explicitBucketBoundaries: [...advisedBuckets] },
    }),
    storeOutcomes: meter.createCounter('bearings.token.store.outcomes', {
      description: 'Number of acquisitions over a token store, by how they ended.',
      unit: '{acquisition}',
    }),
    secondsLeft: meter.createObservableGauge('bearings.token.seconds_until_unauthenticated', {
      description: 'Time until calls have no valid token; 0 if they have none.',
      unit: 's',
    }),
  };
}

function count(
  { acquisitions, failures, invalidations, duration, storeOutcomes }: TokenMeters,
  event: TokenEvent,
  nameAttribute: Attributes,
): void {
  switch (event.type) {
    case 'acquired':
    case 'renewed':
    case 'rotated': {
      const attributes = { ...nameAttribute, [attribute.tokenEvent]: event.type, ...requestAttributes(event.request) };
      acquisitions.add(1, attributes);
      duration.record(event.tookMs / 1_000, attributes);
      return;
    }
    case 'renewal-failed': {
      const attributes = {
        ...nameAttribute,
        [attribute.errorType]: event.error.code,
        ...errorAttributes(event.error),
      };
      failures.add(1, attributes);
      duration.record(event.tookMs / 1_000, attributes);
      return;
    }
    case 'invalidated':
      invalidations.add(1, nameAttribute);
      return;
    case 'store':
      storeOutcomes.add(1, { ...nameAttribute, [attribute.storeOutcome]: event.outcome });
      return;
    case 'expired':
    case 'recovered':
    case 'closed':
  }
}

/** How the token was requested. */
function requestAttributes(request: TokenRequestFacts | undefined): Attributes {
  if (request === undefined) return {};
  const { grantType, clientAuthMethod } = request;
  return { [attribute.grantType]: grantType, [attribute.clientAuthMethod]: clientAuthMethod };
}

/** Codes of token endpoints (RFC 6749 §5.2, RFC 8693 §2.2.2, RFC 8707 §2, RFC 9449 §5). The server's own are not counted each. */
const oauthErrors: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'server_error',
  'temporarily_unavailable',
]);

/** What the server has said in its error. */
function errorAttributes(error: TokenError): Attributes {
  if (!('oauthError' in error) || error.oauthError === undefined) return {};
  return { [attribute.oauthError]: oauthErrors.has(error.oauthError) ? error.oauthError : other };
}
