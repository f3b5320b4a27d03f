import { readFileSync } from 'node:fs';
import { createClient, explain } from '@bearings/client';
import { expect, test } from 'vitest';

const readme = readFileSync('packages/client/README.md', 'utf8');

/** The default in the table of options, without markup. */
const documentedDefault = (option: string): string =>
  new RegExp(`^\\| \`${option}\` *\\| \`?([^|]+?)\`? *\\|`, 'm').exec(readme)?.[1] ?? `no default of ${option}`;
const numberIn = (text: string): number => Number(text.replaceAll(/\D/g, ''));

test('the defaults that the README states are those that a client has', () => {
  const stack = explain(createClient()).replaceAll(/ +/g, ' ');

  expect(stack).toContain(`timeout ${numberIn(documentedDefault('timeout')) / 1_000} s`);
  expect(stack).toContain(`bodyTimeout ${numberIn(documentedDefault('bodyTimeout')) / 1_000} s`);
  expect(stack).toContain(`maxResponse ${numberIn(documentedDefault('maxResponseBytes')) / 1024 / 1024} MiB`);
  expect(stack).toContain(`redirect limit ${numberIn(documentedDefault('redirects'))}`);
  expect(stack).toContain(`userAgent ${documentedDefault('userAgent')}`);
  expect(stack).toContain(`insecureHttp ${documentedDefault('insecureHttp')}`);
});
