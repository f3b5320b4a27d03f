import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { attribute } from '../src/attribute.ts';

/** The rows of the table in docs/operations.md that names metrics and attributes. */
const rows = [
  ...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| [^|]+\? +\| `([\w.]+)` +\| (?:`([\w.]+)`)?/gm),
].map(([, metric = '', label = '']) => ({ metric, label }));

const sources = ['call-meters', 'observe-token'].map((name) =>
  readFileSync(`packages/opentelemetry/src/${name}.ts`, 'utf8'),
);

test('the table of operations names metrics that exist', () => {
  expect(rows).toHaveLength(6);
  expect(rows.filter(({ metric }) => !sources.some((source) => source.includes(`'${metric}'`)))).toEqual([]);
});

test('the table of operations names attributes that exist', () => {
  const known: readonly string[] = ['', ...Object.values(attribute)];

  expect(rows.map(({ label }) => label).filter((label) => !known.includes(label))).toEqual([]);
});
