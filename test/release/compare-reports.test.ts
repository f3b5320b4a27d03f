import { expect, test } from 'vitest';
import { compareReports } from '../../.ci/api/compare-reports.ts';

const reports = { 'client.api.md': 'export type A = string;\n', 'undici.api.md': 'export type B = number;\n' };
const recorded = new Map(Object.entries(reports));

test('equal reports have no drift', () => {
  expect(compareReports(recorded, new Map(recorded))).toEqual([]);
});

test('a changed type, a new entry point and a lost one are each a drift', () => {
  const current = new Map([
    ['client.api.md', 'export type A = number;\n'],
    ['client-layer.api.md', ''],
  ]);

  expect(compareReports(recorded, current)).toEqual([
    { file: 'client-layer.api.md', kind: 'added' },
    { file: 'client.api.md', kind: 'changed' },
    { file: 'undici.api.md', kind: 'removed' },
  ]);
});

test('without recorded reports every entry point is a drift', () => {
  expect(compareReports(new Map(), recorded).map(({ kind }) => kind)).toEqual(['added', 'added']);
});
