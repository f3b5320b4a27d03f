import { assert, asyncProperty, constantFrom, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { loadConfig } from '../../src/load-config.ts';
import { temporaryFolder } from '../folder.ts';

/** Long enough that no message contains one by chance. */
const secrets = string({
  unit: constantFrom(...'abcXYZ0189!$%&()=?+*~.;,@#: \n\'"{}[]\\'.split('')),
  minLength: 8,
  maxLength: 24,
}).map((text) => `S3${text}`);

const valid = {
  clients: {
    orders: {
      baseUrl: 'https://orders.internal',
      timeout: 5_000,
      retry: { limit: 2, statusCodes: [503] },
      headers: { 'x-team': 'billing' },
      auth: {
        type: 'oauth2_client_credentials',
        issuerUrl: 'https://id.internal',
        clientId: 'billing',
        clientSecretRef: 'env:PLANTED',
        clientAuthMethod: 'client_secret_basic',
        scopes: ['orders.read'],
        extraParams: { tenant: 'one' },
        headers: { 'x-tenant': 'one' },
      },
    },
    stock: { baseUrl: 'https://stock.internal', auth: { type: 'bearer', tokenRef: 'file:planted' } },
    bills: { baseUrl: 'https://bills.internal', auth: { type: 'basic', username: 'u', passwordRef: 'env:PLANTED' } },
    users: { baseUrl: 'https://users.internal', auth: { type: 'api_key', keyRef: 'env:PLANTED' } },
  },
};

type Path = readonly (string | number)[];

function pathsInto(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, field]) => pathsInto(field, [...path, name]))];
}

/** A copy of the valid config with a different value at one path. */
function replaceAt(path: Path, replace: (value: unknown) => unknown): unknown {
  const change = (value: unknown, [step, ...rest]: Path): unknown => {
    if (step === undefined) return replace(value);
    if (Array.isArray(value)) return value.map((item, place) => (String(place) === step ? change(item, rest) : item));
    const fields = Object.entries(value as object);
    return Object.fromEntries(fields.map(([name, field]) => [name, name === step ? change(field, rest) : field]));
  };
  return change(valid, path);
}

const kinds: Readonly<Record<string, (secret: string) => (value: unknown) => unknown>> = {
  instead: (secret) => () => secret,
  'in a list': (secret) => () => [secret],
  'in a field': (secret) => () => ({ password: secret }),
  before: (secret) => (value) => (typeof value === 'string' ? `${secret}${value}` : secret),
  beside: (secret) => (value) =>
    typeof value === 'object' ? { ...value, clientSecret: secret } : `${JSON.stringify(value)}${secret}`,
};

test('no error shows a secret, wherever it is in the config', { timeout: 60_000 }, async () => {
  using folder = temporaryFolder();
  const paths = pathsInto(valid).slice(1); // not the root: text instead of the document is a file name
  const cases = record({
    secret: secrets,
    path: constantFrom(...paths),
    kind: constantFrom(...Object.keys(kinds)),
    form: constantFrom('yaml', 'json', 'object', 'truncated'),
  });
  let rejected = 0;

  await assert(
    asyncProperty(cases, async ({ secret, path, kind, form }) => {
      const document = replaceAt(path, kinds[kind]?.(secret) ?? ((value) => value));
      const text = JSON.stringify(document, null, 1);
      folder.write('planted', secret);
      const truncated = text.slice(0, text.lastIndexOf('"'));
      const file = folder.write(
        `clients.${form === 'json' ? 'json' : 'yaml'}`,
        form === 'truncated' ? truncated : text,
      );

      const result = await loadConfig(form === 'object' ? (document as object) : file, { env: { PLANTED: secret } });

      if (result.isOk()) return; // a value that the config allows is not a secret
      rejected += 1;
      expect([result.error, result.error.problems, result.error.message]).toHideSecrets(secret);
    }),
    { numRuns: 250 },
  );

  expect(rejected).toBeGreaterThan(100);
});
