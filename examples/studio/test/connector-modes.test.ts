import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pruneForMode } from '@bearings/example-connector';
import type { Mode } from '@bearings/example-connector';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSchema, schemaAt } from '../../../packages/studio/page/form/schema.ts';
import { switchVariant } from '../../../packages/studio/page/form/switch-variant.ts';

const file = fileURLToPath(import.meta.resolve('@bearings/example-connector/schema.json'));
const source = schemaAt(readSchema(JSON.parse(readFileSync(file, 'utf8'))), 'spec', 'source');

const oauth = { grantType: 'client_credentials', tokenUrl: 'https://id.internal/token', clientId: 'connector' };
const restPull = { mode: 'rest_pull', url: 'https://shop.internal', oauth, resources: [] };

test.each(['sql_pull', 'rest_push'])('a switch to %s drops oauth and what else only rest_pull has', (to) => {
  expect(switchVariant(source, restPull, { to })).toEqual({ mode: to });
});

test('a switch of modes keeps and drops the same fields as pruneForMode', () => {
  const modes = fc.constantFrom<Mode>('rest_pull', 'rest_push', 'sql_pull');
  const names = [...new Set(source.variants.flatMap(({ properties }) => [...properties.keys()])), 'colour'];
  const fields = fc.dictionary(fc.constantFrom(...names.filter((name) => name !== 'mode')), fc.constant('x'));

  fc.assert(
    fc.property(modes, modes, fields, (from, to, more) => {
      const before = { ...more, mode: from };

      expect(switchVariant(source, before, { to })).toEqual(pruneForMode({ source: before }, to).source);
    }),
  );
});
