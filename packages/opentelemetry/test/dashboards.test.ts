import { readFileSync } from 'node:fs';
import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeIssuer, faults } from '@bearings/testing';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { observeToken, withTelemetry } from '../src/index.ts';

/** The names in Prometheus of everything that a client and a token emit. */
async function emittedNames(): Promise<ReadonlySet<string>> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const issuer = fakeIssuer();
  const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  observeToken(token, { name: 'orders', meter: meterProvider.getMeter('test') });
  const statuses = [401, 503, 200];
  const fetch = async (): Promise<Response> => new Response(null, { status: statuses.shift() ?? 200 });
  const retry = { limit: 1, delay: () => 0 };
  const client = createClient(
    { baseUrl: 'https://api.test', fetch, retry },
    withBearerAuth(token),
    withTelemetry({ meterProvider }),
  );
  await client.get('v1/orders');
  issuer.inject(faults.unavailable(503));
  await token.invalidate(token.read().unwrap());
  const { resourceMetrics } = await reader.collect();
  await token.close();
  return new Set(resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(toPrometheusNames)));
}

/** As Prometheus and the Collector name a metric of OTLP: with its unit, unless the name has it, and what a counter or histogram adds. */
function toPrometheusNames(metric: MetricData): readonly string[] {
  const { descriptor, dataPointType } = metric;
  const words = descriptor.name.split(/[._]/);
  const isSeconds = descriptor.unit === 's' && !words.includes('seconds');
  const name = [...words, ...(isSeconds ? ['seconds'] : [])].join('_');
  if (dataPointType === DataPointType.HISTOGRAM) return ['bucket', 'count', 'sum'].map((part) => `${name}_${part}`);
  return [dataPointType === DataPointType.SUM && metric.isMonotonic ? `${name}_total` : name];
}

/** Names of metrics in queries; what is left are functions, labels and numbers. */
const metricName = /\b(?:bearings|http_client)_\w+/g;
/** Labels of ours, and the names of recording rules. */
const labels =
  /^bearings_(?:token_(?:name|event|store_outcome|grant_type|client_auth_method|oauth_error)|resend_reason)$/;

test.each(['grafana-dashboard.json', 'alerts.yaml'])('%s asks only for metrics that are emitted', async (file) => {
  const text = readFileSync(`docs/operations/${file}`, 'utf8');
  const asked = new Set([...text.matchAll(metricName)].map(([name]) => name).filter((name) => !labels.test(name)));

  const emitted = await emittedNames();

  expect(asked.size).toBeGreaterThan(2);
  expect([...asked].filter((name) => !emitted.has(name))).toEqual([]);
});

test('the dashboard is valid JSON, and each panel has a title, a unit and a query', () => {
  const { panels } = JSON.parse(readFileSync('docs/operations/grafana-dashboard.json', 'utf8'));

  for (const { title, fieldConfig, targets } of panels) {
    expect(title).toEqual(expect.any(String));
    expect(fieldConfig.defaults.unit).toEqual(expect.any(String));
    expect(targets[0].expr).toEqual(expect.any(String));
  }
  expect(panels.length).toBeGreaterThan(5);
});
