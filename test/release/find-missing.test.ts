import { expect, test } from 'vitest';
import { findMissing } from '../../.ci/release/find-missing.ts';

const dependencies = { '@bearings/client': '^1.0.0', ky: '^2.1.0', 'ts-results': 'npm:ts-results-es@^7.1.0' };
const components = [{ group: '@bearings', name: 'client' }, { name: 'ky' }, { name: 'ts-results-es' }];

test('a list with each dependency lacks none, also where the registry has another name for it', () => {
  expect(findMissing({ dependencies }, components)).toEqual([]);
});

test('a dependency that is not listed is found, also an optional one and one of another scope', () => {
  const manifest = { dependencies, optionalDependencies: { '@napi-rs/keyring': '^2.1.2' } };

  expect(findMissing(manifest, [{ name: 'client' }, { name: 'ky' }])).toEqual([
    '@bearings/client',
    'ts-results-es',
    '@napi-rs/keyring',
  ]);
});
