import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createClient } from '@bearings/client';
import * as openTelemetry from '../src/index.ts';
import { instrumentationScope } from '../src/instrumentation-scope.ts';

test('the package exports exactly these names', () => {
  expect(Object.keys(openTelemetry).toSorted()).toEqual(['observeToken', 'withTelemetry']);
});

test('the version of the instrumentation scope is that of the package', () => {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  expect(instrumentationScope).toEqual({ name, version });
});

test('its layers are the outermost and the innermost one', () => {
  const { stages } = createClient({}, openTelemetry.withTelemetry());

  expect(stages[0]).toBe('telemetry');
  expect(stages.slice(-2)).toEqual(['telemetry(network)', 'fetch']);
});

test('its settings are part of explain()', () => {
  const layers = openTelemetry.withTelemetry({ pathTemplates: ['/v1/orders/{id}'], propagate: ['https://api.test'] });

  expect(layers.map(({ settings }) => settings)).toEqual([
    { pathTemplates: ['/v1/orders/{id}'], maxTemplates: 100 },
    { propagate: ['https://api.test'], silenceFetch: true },
  ]);
});
