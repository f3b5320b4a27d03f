import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue, findEntry } from './catalogue.ts';
import { deviations } from './deviations.ts';
import { pendingFeatures } from './pending-features.ts';

const sources = globSync(join(import.meta.dirname, '*.{test,deep}.ts')).map((file) => readFileSync(file, 'utf8'));
const inSources = (pattern: RegExp): readonly string[] =>
  sources.flatMap((source) => [...source.matchAll(pattern)].map(([, found = '']) => found));

/** The entries that wait for a feature. */
const waiting = pendingFeatures.flatMap(({ ids }) => ids);

/** The entries with a replay of their own, and the entries of an area that is replayed as a whole. */
const replayed = [
  ...inSources(/\breplay\(\s*'([A-Z][A-Z\d]-\d+)'/g),
  ...inSources(/\breplayArea\(\s*'([\w-]+)'/g).flatMap((area) => areaIds(area).filter((id) => !waiting.includes(id))),
];

function areaIds(area: string): readonly string[] {
  return catalogue.entries.filter((entry) => entry.area === area).map(({ id }) => id);
}

const repeated = (ids: readonly string[]): readonly string[] => ids.filter((id, at) => ids.indexOf(id) !== at);

test('every entry of the catalogue is replayed, or waits for a feature', () => {
  const known = new Set([...replayed, ...waiting]);

  expect(catalogue.entries.map(({ id }) => id).filter((id) => !known.has(id))).toEqual([]);
});

test('no entry is replayed twice, waits twice, or does both', () => {
  expect(repeated([...replayed, ...waiting])).toEqual([]);
});

test('only entries of the catalogue are replayed, waited for or deviated from', () => {
  for (const id of [...replayed, ...waiting, ...deviations.map((deviation) => deviation.id)]) findEntry(id);
});

test('what the catalogue puts off to later is replayed or waits for a feature by name', () => {
  const putOff = catalogue.entries.filter(({ phase }) => phase === 'later').map(({ id }) => id);

  expect(putOff.filter((id) => !waiting.includes(id) && !replayed.includes(id))).toEqual([]);
  expect(pendingFeatures.filter(({ feature, ids }) => feature === '' || ids.length === 0)).toEqual([]);
});

test('a deviation is from an entry that is replayed, says how it is better, and does something else', () => {
  for (const { id, level, instead, does, why } of deviations) {
    const entry = findEntry(id);
    expect([id, replayed.includes(id), level]).toEqual([id, true, entry.level]);
    expect({ ...entry.expect, ...instead }).not.toEqual(entry.expect);
    expect([does, why]).not.toContain('');
  }
  expect(repeated(deviations.map(({ id }) => id))).toEqual([]);
});

test('the README counts what is replayed, what deviates and what waits', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const row = /^\| ([\w-]+) +\| +(\d+) \| +(\d+) \| +(\d+) \| +(\d+) \| +(\d+) \|$/gm;
  const drawn = [...readme.matchAll(row)].map(([, area, ...numbers]) => [area, ...numbers.map(Number)]);

  const areas = [...new Set(catalogue.entries.map(({ area }) => area))];
  const counted = areas.map((area) => [area, ...countEntries(areaIds(area))]);
  expect(drawn).toEqual([...counted, ['all', ...countEntries(catalogue.entries.map(({ id }) => id))]]);
});

/** Counts the entries: all, replayed, agreeing, deviating, waiting. */
function countEntries(ids: readonly string[]): readonly number[] {
  const isReplayed = ids.filter((id) => replayed.includes(id));
  const deviating = deviations.filter(({ id }) => isReplayed.includes(id)).length;
  const isWaiting = ids.filter((id) => waiting.includes(id));
  return [ids.length, isReplayed.length, isReplayed.length - deviating, deviating, isWaiting.length];
}
