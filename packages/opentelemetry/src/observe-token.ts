import { metrics } from '@opentelemetry/api';
import type { Attributes, Counter, Histogram, Meter, ObservableGauge, ObservableResult } from '@opentelemetry/api';
import type { TokenEvent, TokenHandle } from '@bearings/oauth-bearer';
import { attribute } from './attribute.ts';
import { advisedBuckets } from './call-meters.ts';
import { lazily } from './lazily.ts';
import { scope } from './scope.ts';

/** How a token is observed. */
export interface TokenObservation {
  /** What tells this token from the service's others, such as what it is for. One of few, and no secret. */
  readonly name: string;
  /** Default: one of the global provider. One that is registered later is found at the token's next event. */
  readonly meter?: Meter;
}

/**
 * Counts what happens in the life of a token, and shows how long calls still have one.
 *
 * It ends when the token is closed. Until then the meter holds the token: stop, or close it.
 *
 * @returns the way to stop
 */
export function observeToken(token: TokenHandle, { name, meter }: TokenObservation): () => void {
  const named = { [attribute.tokenName]: name };
  const show = (result: ObservableResult): void => {
    const { validForMs } = token.status();
    // a fixed token has no end, and exporters that write JSON have no infinity
    if (validForMs < Infinity) result.observe(validForMs / 1_000, named);
  };
  let shownBy: ObservableGauge | undefined;
  const meters = lazily(
    () => meter ?? metrics.getMeterProvider(),
    () => {
      const made = tokenMeters(meter ?? metrics.getMeter(scope.name, scope.version));
      shownBy?.removeCallback(show);
      shownBy = made.secondsLeft;
      shownBy.addCallback(show);
      return made;
    },
  );
  const stop = (): void => {
    unsubscribe();
    shownBy?.removeCallback(show);
  };
  const unsubscribe = token.subscribe((event) => {
    if (event.type === 'closed') stop();
    else count(meters(), event, named);
  });
  meters();
  return stop;
}

interface TokenMeters {
  readonly acquisitions: Counter;
  readonly failures: Counter;
  readonly invalidations: Counter;
  readonly duration: Histogram;
  readonly secondsLeft: ObservableGauge;
}

function tokenMeters(meter: Meter): TokenMeters {
  return {
    acquisitions: meter.createCounter('bearings.token.acquisitions', {
      description: 'How many tokens have come.',
      unit: '{token}',
    }),
    failures: meter.createCounter('bearings.token.failures', {
      description: 'How many acquisitions have failed.',
      unit: '{acquisition}',
    }),
    invalidations: meter.createCounter('bearings.token.invalidations', {
      description: 'How many tokens a resource has rejected.',
      unit: '{token}',
    }),
    duration: meter.createHistogram('bearings.token.acquisition.duration', {
      description: 'How long acquisitions took, those that failed included.',
      unit: 's',
      advice: { explicitBucketBoundaries: [...advisedBuckets] },
    }),
    secondsLeft: meter.createObservableGauge('bearings.token.seconds_until_unauthenticated', {
      description: 'How long it is until calls would be without a token; 0 when they are.',
      unit: 's',
    }),
  };
}

function count(
  { acquisitions, failures, invalidations, duration }: TokenMeters,
  event: TokenEvent,
  named: Attributes,
): void {
  switch (event.type) {
    case 'acquired':
    case 'renewed':
    case 'rotated': {
      const told = { ...named, [attribute.tokenEvent]: event.type };
      acquisitions.add(1, told);
      duration.record(event.tookMs / 1_000, told);
      return;
    }
    case 'renewal-failed': {
      const told = { ...named, [attribute.errorType]: event.error.code };
      failures.add(1, told);
      duration.record(event.tookMs / 1_000, told);
      return;
    }
    case 'invalidated':
      invalidations.add(1, named);
      return;
    case 'expired':
    case 'recovered':
    case 'closed':
  }
}
