import { isBearingsError } from '@bearings/client';
import type { HttpStatusError, KnownError } from '@bearings/client';
import type { TransportError } from '@bearings/client/errors';
import { TokenHttpError } from '@bearings/oauth-bearer';
import type { TokenError } from '@bearings/oauth-bearer';
import type { DiscoveryError } from '@bearings/oidc-discovery';
import { globSync, readFileSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';

interface Row {
  readonly code: string;
  readonly className: string;
  readonly source: string;
}

const errorClass = /class (\w+Error) extends (?:\w*Failure) \{[^}]*?readonly code = '(\w+)'/g;

/** Every error class of the sources, with its code. */
const classes: readonly Row[] = globSync('packages/*/src/**/*.ts').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(errorClass)].map(([, className = '', code = '']) => ({
    code,
    className,
    source: file.split('/')[1] ?? '',
  })),
);

/** Every row of the table in the documentation. */
const rows: readonly Row[] = [
  ...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(\w+)` +\| `(\w+)` +\| ([\w-]+) /gm),
].map(([, code = '', className = '', source = '']) => ({ code, className, source }));

/** `CIRCUIT_OPEN` for `CircuitOpenError`. */
const codeName = (className: string): string =>
  className
    .replace(/Error$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase();

test('docs/errors.md lists exactly the errors of the sources', () => {
  const status: Row = { code: 'HTTP_STATUS', className: 'HTTPError', source: 'client' };
  const byCode = (one: Row, other: Row): number => one.code.localeCompare(other.code);

  expect(classes.length).toBeGreaterThan(20);
  expect([...rows].toSorted(byCode)).toEqual([status, ...classes].toSorted(byCode));
});

test('the code of an error is the name of its class, and no two classes have the same', () => {
  expect(classes.map(({ code }) => code)).toEqual(classes.map(({ className }) => codeName(className)));
  expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
});

test('isBearingsError narrows to the class of a code, in every package', () => {
  const error: unknown = new TokenHttpError({ endpoint: 'https://as.example/token', status: 503 });

  if (isBearingsError(error, 'TRANSPORT')) expectTypeOf(error).toEqualTypeOf<TransportError>();
  if (isBearingsError(error, 'HTTP_STATUS')) expectTypeOf(error).toEqualTypeOf<HttpStatusError>();
  if (isBearingsError(error, 'ISSUER_MISMATCH')) expectTypeOf(error).toExtend<DiscoveryError>();
  expect(isBearingsError(error, 'TOKEN_HTTP') && error.status).toBe(503);
});

test('isBearingsError without a code narrows to all errors, which code and source tell apart', () => {
  const error: unknown = new TokenHttpError({ endpoint: 'https://as.example/token', status: 503 });
  if (!isBearingsError(error)) throw error;

  expectTypeOf(error).toEqualTypeOf<KnownError>();
  if (error.source === 'oauth-bearer') expectTypeOf(error).toEqualTypeOf<TokenError>();
  if (error.code === 'ATTEMPT_TIMEOUT') expectTypeOf(error.budgetMs).toEqualTypeOf<number>();
  expect(error.code === 'TOKEN_HTTP' && error.status).toBe(503);
});
