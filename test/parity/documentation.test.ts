import { readFileSync } from 'node:fs';
import { createClient, explain } from '@bearings/client';
import type { ClientError } from '@bearings/client';
import { expect, test } from 'vitest';

const readme = readFileSync('packages/client/README.md', 'utf8');

/** The default in the table of options, without markup. */
const documentedDefault = (option: string): string =>
  new RegExp(`^\\| \`${option}\` *\\| \`?([^|]+?)\`? *\\|`, 'm').exec(readme)?.[1] ?? `no default of ${option}`;
const numberIn = (text: string): number => Number(text.replaceAll(/\D/g, ''));

/** Every error code. The compiler checks that the list is complete and has no unknown code. */
const codes: Record<ClientError['code'] | 'HTTP_STATUS', true> = {
  ATTEMPT_TIMEOUT: true,
  BODY_TIMEOUT: true,
  BODY_TOO_LARGE: true,
  CIRCUIT_OPEN: true,
  CLIENT_CLOSED: true,
  CONFIG: true,
  DEADLINE_EXCEEDED: true,
  DESTINATION_NOT_ALLOWED: true,
  HTTP_STATUS: true,
  INVALID_HEADER: true,
  INVALID_SCHEME: true,
  INVALID_URL: true,
  OVERLOADED: true,
  REDIRECT_BLOCKED: true,
  TLS: true,
  TRANSPORT: true,
};
const named = [...readme.matchAll(/^\| `([A-Z_]{3,})` *\|/gm)].map(([, code = '']) => code);

test('the defaults that the README states are those that a client has', () => {
  const stack = explain(createClient()).replaceAll(/ +/g, ' ');

  expect(stack).toContain(`timeout ${numberIn(documentedDefault('timeout')) / 1_000} s`);
  expect(stack).toContain(`bodyTimeout ${numberIn(documentedDefault('bodyTimeout')) / 1_000} s`);
  expect(stack).toContain(`maxResponse ${numberIn(documentedDefault('maxResponseBytes')) / 1024 / 1024} MiB`);
  expect(stack).toContain(`redirect limit ${numberIn(documentedDefault('redirects'))}`);
  expect(stack).toContain(`userAgent ${documentedDefault('userAgent')}`);
  expect(stack).toContain(`insecureHttp ${documentedDefault('insecureHttp')}`);
});

test('the README names no error that does not exist', () => {
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((code) => !(code in codes))).toEqual([]);
});

test('the README names every error that there is', () => {
  expect(Object.keys(codes).filter((code) => !named.includes(code))).toEqual([]);
});
