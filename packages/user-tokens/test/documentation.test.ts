import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/user-tokens-failures.md'), 'utf8');

/** The literals of a union type, or of a list, in a source file. */
function literals(file: string, name: string): readonly string[] {
  const source = readFileSync(join(root, 'packages/user-tokens/src', file), 'utf8');
  const [, union = ''] = new RegExp(`export (?:type|const) ${name} =([^;]+);`).exec(source) ?? [];
  return [...union.matchAll(/'([a-z_]+)'/g)].map(([, literal = '']) => literal);
}

test('the page of failures has every code that a handle or a call of the operator answers with', () => {
  const files = ['packages/user-tokens/src/errors.ts', 'packages/oauth-bearer/src/errors.ts'];
  const sources = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const codes = [...sources.matchAll(/readonly code = '(\w+)'/g)].map(([, code = '']) => code);

  expect(codes.length).toBeGreaterThanOrEqual(10);
  // the layer of a client answers with that one
  expect(codes.filter((code) => !page.includes(`| \`${code}\``))).toEqual(['STEP_UP_REQUIRED']);
});

test.each([
  ['consent/flow-failure.ts', 'FlowReason', 15],
  ['store/grant-record.ts', 'grantReasons', 7],
  ['errors.ts', 'StoreFailure', 5],
])('the page of failures has every literal of %s, %s', (file, type, atLeast) => {
  const found = literals(file, type);

  expect(found.length).toBeGreaterThanOrEqual(atLeast);
  expect(found.filter((literal) => !page.includes(`| \`${literal}\``))).toEqual([]);
});
