import type { Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';

/** The metrics of the calls of a client. */
export interface CallMeters {
  readonly duration: Histogram;
  readonly active: UpDownCounter;
  readonly retries: Counter;
}

/** The buckets that the HTTP conventions recommend, in seconds. */
export const advisedBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Creates the metrics of the calls of a client. */
export function createCallMeters(meter: Meter): CallMeters {
  return {
    duration: meter.createHistogram('http.client.request.duration', {
      description: 'Duration of calls until the response headers, including retries and all waits.',
      unit: 's',
      advice: { explicitBucketBoundaries: [...advisedBuckets] },
    }),
    active: meter.createUpDownCounter('http.client.active_requests', {
      description: 'Number of calls in flight.',
      unit: '{request}',
    }),
    retries: meter.createCounter('bearings.client.retries', {
      description: 'Number of requests after the first one of their call.',
      unit: '{request}',
    }),
  };
}
