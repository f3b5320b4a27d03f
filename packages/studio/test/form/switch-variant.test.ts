import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { loadConfig } from '@bearings/config';
import { expect, test } from 'vitest';
import { readSchema, schemaAt } from '../../page/form/schema.ts';
import { fallenFields, switchVariant } from '../../page/form/switch-variant.ts';
import { formatInput } from '../../page/form/parse-input.ts';
import { setAt, valueAt } from '../../page/form/paths.ts';
import { isFields } from '../../src/documents/value.ts';
import type { Fields, Value } from '../../src/documents/value.ts';

const file = fileURLToPath(import.meta.resolve('@bearings/config/schema.json'));
const auth = schemaAt(readSchema(JSON.parse(readFileSync(file, 'utf8'))), 'clients', '*', 'auth');
const types = auth.variants.map(({ properties }) => formatInput(properties.get('type')?.options[0]));

/** What a person fills in, by the name of the field. */
const filled: Readonly<Record<string, Value>> = {
  issuerUrl: 'https://id.internal',
  clientId: 'billing',
  clientSecretRef: 'env:SECRET',
  tokenRef: 'env:SECRET',
  username: 'billing',
  passwordRef: 'env:SECRET',
  keyRef: 'env:SECRET',
  serviceAccountKeyRef: 'env:GOOGLE',
  header: 'x-key',
  scopes: ['orders.read'],
  audience: 'orders',
  clientAuthMethod: 'client_secret_post',
};

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const googleKey = JSON.stringify({
  type: 'service_account',
  client_email: 'reader@shop.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  private_key_id: 'kid-1',
});

const fieldNames = (type: unknown): readonly string[] => [
  ...(auth.variants.find(({ properties }) => properties.get('type')?.options[0] === type)?.properties.keys() ?? []),
];

/** Fills in the fields of the mode, as far as there is something for them. */
function fill(value: Fields): Fields {
  const names = fieldNames(value['type']).filter((name) => filled[name] !== undefined);
  return { ...value, ...Object.fromEntries(names.map((name) => [name, filled[name]])) };
}

test('after any switches the fields are those of the last mode alone, and the config is valid', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 12 }), async (path) => {
      const kept = new Map<string, Fields>();
      let value: Fields = fill({ type: 'bearer' });
      for (const to of path) {
        kept.set(formatInput(value['type']), value);
        value = fill(switchVariant(auth, value, { to, remembered: kept.get(to) }));
      }

      const clients = { orders: { baseUrl: 'https://orders.internal', auth: value } };
      const loaded = await loadConfig({ clients }, { env: { SECRET: 'a secret', GOOGLE: googleKey } });

      expect(value['type']).toBe(path.at(-1));
      expect(Object.keys(value).filter((name) => !fieldNames(value['type']).includes(name))).toEqual([]);
      expect(loaded.isErr() ? loaded.error.problems : []).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('a mode comes back as it was, with its values and without those of the mode between', () => {
  const bearer = { type: 'bearer', tokenRef: 'env:TOKEN' };

  const oauth = switchVariant(auth, bearer, { to: 'oauth2_client_credentials' });
  const back = switchVariant(auth, { ...oauth, clientId: 'billing' }, { to: 'bearer', remembered: bearer });

  expect(oauth).toEqual({ type: 'oauth2_client_credentials' });
  expect(back).toEqual(bearer);
});

test('a field that both modes have stays, unless its value is none of the new mode', () => {
  const value = { type: 'oauth2_client_credentials', clientId: 'billing', clientAuthMethod: 'private_key_jwt' };

  expect(switchVariant(auth, value, { to: 'oauth2_authorization_code' })).toEqual({
    type: 'oauth2_authorization_code',
    clientId: 'billing',
  });
});

test('a field that no mode has stays, so that it is not lost', () => {
  const value = { type: 'bearer', tokenRef: 'env:TOKEN', colour: 'blue' };

  const after = switchVariant(auth, value, { to: 'none' });

  expect(after).toEqual({ type: 'none', colour: 'blue' });
  expect(fallenFields(value, after)).toEqual([['tokenRef', 'env:TOKEN']]);
});

test('setting a field keeps the order of the others, and removing it leaves no trace', () => {
  const before = { a: 1, b: { c: [1, 2] }, d: 3 };

  const set = setAt(before, ['b', 'c', 1], 9);
  const added = setAt(before, ['b', 'e'], 4);

  expect(Object.keys(isFields(set) ? set : {})).toEqual(['a', 'b', 'd']);
  expect(valueAt(set, ['b', 'c', 1])).toBe(9);
  expect(setAt(added, ['b', 'e'], undefined)).toEqual(before);
  expect(before).toEqual({ a: 1, b: { c: [1, 2] }, d: 3 });
});
