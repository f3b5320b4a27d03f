import type { Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';

/** What is counted of a client's calls. */
export interface CallMeters {
  readonly duration: Histogram;
  readonly active: UpDownCounter;
  readonly retries: Counter;
}

/** The buckets that the HTTP conventions advise, in seconds. */
export const advisedBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** Makes what counts a client's calls. */
export function callMeters(meter: Meter): CallMeters {
  return {
    duration: meter.createHistogram('http.client.request.duration', {
      description: 'How long calls took until their response head, with retries and whatever else they waited for.',
      unit: 's',
      advice: { explicitBucketBoundaries: [...advisedBuckets] },
    }),
    active: meter.createUpDownCounter('http.client.active_requests', {
      description: 'How many calls are under way.',
      unit: '{request}',
    }),
    retries: meter.createCounter('bearings.client.retries', {
      description: 'How many requests went out beyond the first of their call.',
      unit: '{request}',
    }),
  };
}
