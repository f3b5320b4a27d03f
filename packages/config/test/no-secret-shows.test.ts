import { assert, asyncProperty, constantFrom, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { loadConfig } from '../src/load-config.ts';
import { someFolder } from './folder.ts';

/** Long and strange enough to be in no message by chance. */
const secrets = string({
  unit: constantFrom(...'abcXYZ0189!$%&()=?+*~.;,@#: \n\'"{}[]\\'.split('')),
  minLength: 8,
  maxLength: 24,
}).map((text) => `S3${text}`);

const valid = {
  clients: {
    orders: {
      baseUrl: 'https://orders.internal',
      timeoutMs: 5_000,
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

type Way = readonly (string | number)[];

function waysInto(value: unknown, way: Way = []): readonly Way[] {
  if (typeof value !== 'object' || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([name, field]) => waysInto(field, [...way, name]))];
}

/** A copy of the valid config with something else at one place. */
function planted(way: Way, put: (there: unknown) => unknown): unknown {
  const change = (value: unknown, [step, ...rest]: Way): unknown => {
    if (step === undefined) return put(value);
    if (Array.isArray(value)) return value.map((item, place) => (String(place) === step ? change(item, rest) : item));
    const fields = Object.entries(value as object);
    return Object.fromEntries(fields.map(([name, field]) => [name, name === step ? change(field, rest) : field]));
  };
  return change(valid, way);
}

const kinds: Readonly<Record<string, (secret: string) => (there: unknown) => unknown>> = {
  instead: (secret) => () => secret,
  'in a list': (secret) => () => [secret],
  'in a field': (secret) => () => ({ password: secret }),
  before: (secret) => (there) => (typeof there === 'string' ? `${secret}${there}` : secret),
  beside: (secret) => (there) =>
    typeof there === 'object' ? { ...there, clientSecret: secret } : `${JSON.stringify(there)}${secret}`,
};

test('a secret that is planted anywhere shows nowhere', { timeout: 60_000 }, async () => {
  using folder = someFolder();
  const ways = waysInto(valid).slice(1); // text in place of the whole would be a path
  const places = record({
    secret: secrets,
    way: constantFrom(...ways),
    kind: constantFrom(...Object.keys(kinds)),
    form: constantFrom('yaml', 'json', 'object', 'torn'),
  });
  let refused = 0;

  await assert(
    asyncProperty(places, async ({ secret, way, kind, form }) => {
      const document = planted(way, kinds[kind]?.(secret) ?? ((there) => there));
      const text = JSON.stringify(document, null, 1);
      folder.write('planted', secret);
      const torn = text.slice(0, text.lastIndexOf('"'));
      const file = folder.write(`clients.${form === 'json' ? 'json' : 'yaml'}`, form === 'torn' ? torn : text);

      const answer = await loadConfig(form === 'object' ? (document as object) : file, { env: { PLANTED: secret } });

      if (answer.isOk()) return; // what a config allows is no secret: it is in the config
      refused += 1;
      expect([answer.error, answer.error.problems, answer.error.message]).toHideSecrets(secret);
    }),
    { numRuns: 250 },
  );

  expect(refused).toBeGreaterThan(100);
});
