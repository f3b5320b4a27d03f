import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createClient } from '@bearings/client';
import * as openTelemetry from '../src/index.ts';
import { scope } from '../src/scope.ts';

test('the package gives exactly this', () => {
  expect(Object.keys(openTelemetry).toSorted()).toEqual(['observeToken', 'withTelemetry']);
});

test('the version it records by is that of the package', () => {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  expect(scope).toEqual({ name, version });
});

test('its layers stand outermost and innermost', () => {
  const { stages } = createClient({}, openTelemetry.withTelemetry());

  expect(stages[0]).toBe('telemetry');
  expect(stages.slice(-2)).toEqual(['telemetry(wire)', 'fetch']);
});

test('it says what it is set to', () => {
  const layers = openTelemetry.withTelemetry({ pathTemplates: ['/v1/orders/{id}'], propagate: ['https://api.test'] });

  expect(layers.map(({ settings }) => settings)).toEqual([
    { pathTemplates: ['/v1/orders/{id}'], maxTemplates: 100 },
    { propagate: ['https://api.test'], silenceFetch: true },
  ]);
});
