import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { loadConfig } from '../src/load-config.ts';
import { relativeMessage, temporaryFolder } from './folder.ts';

const canary = 's3cr3t-CANARY';
const env = { ORDERS_SECRET: canary };

const example = `clients:
  orders:
    baseUrl: https://orders.internal
    profile: default
    timeout: 5000
    retry: { limit: 2 }
    auth:
      type: oauth2_client_credentials     # or: bearer, basic, api_key, none
      issuerUrl: https://id.internal/realms/prod   # or tokenUrl
      clientId: billing
      clientSecretRef: env:ORDERS_SECRET  # or file:/run/secrets/orders; never the secret itself
      clientAuthMethod: client_secret_basic        # client_secret_post, private_key_jwt
      scopes: [orders.read]
      audience: orders
      headers: {}                          # for the token request
`;

test('YAML, JSON and an object give the same config, which contains no secret', async () => {
  using folder = temporaryFolder();
  const fromYaml = (await loadConfig(folder.write('clients.yaml', example), { env })).unwrap();
  const { clients } = fromYaml;

  const fromJson = await loadConfig(folder.write('clients.json', JSON.stringify({ clients })), { env });
  const fromObject = await loadConfig({ clients }, { env });

  expect([fromJson.unwrap().clients, fromObject.unwrap().clients]).toEqual([clients, clients]);
  expect(clients['orders']?.auth).toMatchObject({ clientId: 'billing', clientSecretRef: 'env:ORDERS_SECRET' });
  expect(fromYaml).toHideSecrets(canary);
});

test('readSecret of a config returns the current value', async () => {
  using folder = temporaryFolder();
  folder.write('key', 'first-key');
  const text = 'clients: { a: { baseUrl: https://a.internal, auth: { type: api_key, keyRef: file:key } } }';
  const config = (await loadConfig(folder.write('clients.yaml', text))).unwrap();

  folder.write('key', 'second-key');
  const key = await config.readSecret(`file:${folder.path}/key`);

  expect(key.unwrap().expose()).toBe('second-key');
});

test('with names, only the secrets of these clients must exist; every reference must be valid', async () => {
  const auth = (tokenRef: string): object => ({ baseUrl: 'https://a.internal', auth: { type: 'bearer', tokenRef } });
  const elsewhere = { clients: { a: auth('env:ORDERS_SECRET'), b: auth('env:STOCK_SECRET') } };
  const literal = { clients: { a: auth('env:ORDERS_SECRET'), b: auth(canary) } };

  const named = await loadConfig(elsewhere, { env, names: ['a'] });
  const none = await loadConfig(elsewhere, { names: [] });
  const all = await loadConfig(elsewhere, { env });
  const wrong = await loadConfig(literal, { env, names: ['a'] });

  expect(named.unwrap().clients['b']?.auth).toEqual({ type: 'bearer', tokenRef: 'env:STOCK_SECRET' });
  expect(none.isOk()).toBe(true);
  expect(all.unwrapErr().problems).toMatchObject([{ path: 'clients.b.auth.tokenRef' }]);
  expect(wrong.unwrapErr().problems).toMatchObject([{ path: 'clients.b.auth.tokenRef' }]);
  expect(wrong).toHideSecrets(canary);
});

test('changing the source object later does not change the config', async () => {
  const source = { clients: { a: { baseUrl: 'https://a.internal', auth: { type: 'none' }, headers: { x: '1' } } } };
  const config = (await loadConfig(source)).unwrap();

  source.clients.a.headers.x = '2';

  expect(config.clients['a']?.headers).toEqual({ x: '1' });
});

test.each([
  ['the space after a colon is missing', `{ type: bearer, tokenRef:${canary} }`],
  ['a secret stands alone', `{ type: bearer, ${canary} }`],
])('when %s, the field name is not shown because it may be the secret', async (_, auth) => {
  using folder = temporaryFolder();
  const text = `clients: { a: { baseUrl: https://a.internal, auth: ${auth} } }`;

  const error = (await loadConfig(folder.write('clients.yaml', text))).unwrapErr();

  expect(error.message).toContain('clients.a.auth has a field whose name is not shown');
  expect(error).toHideSecrets(canary);
});

test.each(['api_key', 'key', 'sig', 'code', 'pwd', 'session_id', 'jwt'])(
  'a URL with %s in its query is rejected',
  async (name) => {
    const auth = { type: 'oauth2_client_credentials', clientId: 'x', clientAuthMethod: 'none' };
    const tokenUrl = `https://id.internal/token?${name}=${canary}`;
    const clients = { a: { baseUrl: `https://a.internal/?client_secret=${canary}`, auth: { ...auth, tokenUrl } } };

    const error = (await loadConfig({ clients })).unwrapErr();

    expect(error.problems.map(({ path }) => path)).toEqual(['clients.a.baseUrl', 'clients.a.auth.tokenUrl']);
    expect(error).toHideSecrets(canary);
  },
);

test('a secret file with 3,000 references is read once', async () => {
  using folder = temporaryFolder();
  folder.write('key', canary);
  const client = { baseUrl: 'https://a.internal', auth: { type: 'api_key', keyRef: 'file:key' } };
  const clients = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`c${at}`, client]));

  const config = await loadConfig(folder.write('clients.json', JSON.stringify({ clients })));

  expect(Object.keys(config.unwrap().clients)).toHaveLength(3_000);
}, 60_000);

/** A config with one client that has `baseUrl` and these fields. */
const clientWith = (fields: string): string => `clients:\n  a:\n    baseUrl: https://a.internal\n${indent(fields, 4)}`;
/** A config with one client that requests tokens, with these fields and a client id. */
const oauth = (fields: string): string =>
  clientWith(`auth:\n${indent(`type: oauth2_client_credentials\nclientId: billing\n${fields}`, 2)}`);
const complete = 'tokenUrl: https://id.internal/token\nclientSecretRef: env:ORDERS_SECRET';
const noAuth = 'auth: { type: none }';

function indent(text: string, by: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(by));
}

test.each([
  [
    'an unknown field',
    clientWith(`timeoutMs: 5\n${noAuth}`),
    'clients.a.timeoutMs is not a field here. Did you mean timeout?',
  ],
  [
    'an unknown field without a similar name',
    clientWith(`auth: { type: none, colour: red }`),
    'clients.a.auth.colour is not a field here: the fields are type',
  ],
  ['a wrong type', clientWith(`timeout: soon\n${noAuth}`), 'clients.a.timeout is text: must be a number or false'],
  ['a time of 0', clientWith(`timeout: 0\n${noAuth}`), 'clients.a.timeout is 0: must be more than 0'],
  ['a time in the wrong unit', clientWith(`timeout: 1e12\n${noAuth}`), 'is 1000000000000: must be at most 31622400000'],
  [
    'an attempt timeout above the total timeout',
    clientWith(`timeout: 9000\ntotalTimeout: 5000\n${noAuth}`),
    'clients.a.timeout is longer than totalTimeout',
  ],
  ['no auth', clientWith('timeout: 1'), 'clients.a.auth is missing'],
  [
    'an unknown auth type',
    clientWith('auth: { type: oauth2 }'),
    'clients.a.auth.type is text: must be oauth2_client_credentials, oauth2_authorization_code, google_service_account, bearer, basic, api_key or none',
  ],
  ['a misspelt auth type', clientWith('auth: { type: apikey }'), 'Did you mean api_key?'],
  [
    'two endpoints',
    oauth(`${complete}\nissuerUrl: https://id.internal`),
    'clients.a.auth has both issuerUrl and tokenUrl: must have one of them',
  ],
  ['no endpoint', oauth('clientSecretRef: env:ORDERS_SECRET'), 'clients.a.auth has neither issuerUrl nor tokenUrl'],
  ['no secret', oauth('tokenUrl: https://id.internal/token'), 'clients.a.auth.clientSecretRef is missing'],
  [
    'no key',
    oauth('tokenUrl: https://id.internal/token\nclientAuthMethod: private_key_jwt'),
    'clients.a.auth.privateKeyRef is missing: must be set for clientAuthMethod: private_key_jwt',
  ],
  [
    'metadata without an issuer',
    oauth(
      'tokenUrl: https://id.internal/token\nclientSecretRef: env:ORDERS_SECRET\nmetadataUrl: https://id.internal/m',
    ),
    'clients.a.auth.metadataUrl is set without issuerUrl',
  ],
  [
    'a token type that needs a proof',
    oauth(`${complete}\nbearerTokenTypes: [DPoP]`),
    'clients.a.auth.bearerTokenTypes',
  ],
  [
    'an unused secret',
    oauth(`${complete}\nclientAuthMethod: none`),
    'has the value none although there is a secret, a key or an assertion',
  ],
  ['a misspelt method', oauth(`${complete}\nclientAuthMethod: client-secret-post`), 'Did you mean client_secret_post?'],
  ['scopes in one text', oauth(`${complete}\nscopes: a b`), 'clients.a.auth.scopes is text: must be a list'],
  ['two scopes in one', oauth(`${complete}\nscopes: [a b]`), 'clients.a.auth.scopes[0] is text: must have no space'],
  [
    'a parameter that is a field',
    oauth(`${complete}\nextraParams: { grant_type: x }`),
    'clients.a.auth.extraParams contains grant_type, which has its own setting',
  ],
  ['a reserved header', oauth(`${complete}\nheaders: { accept: x }`), 'clients.a.auth.headers contains accept'],
  [
    'a resource that is not a URI',
    oauth(`${complete}\nresource: orders`),
    'clients.a.auth.resource must be an absolute URI',
  ],
  [
    'an issuer with a query',
    oauth('issuerUrl: https://i.d?x=1\nclientSecretRef: env:ORDERS_SECRET'),
    'auth.issuerUrl must not have a query',
  ],
  [
    'an unset variable',
    clientWith('auth: { type: bearer, tokenRef: env:NONE }'),
    'the environment variable NONE, which is not set',
  ],
  [
    'a user with a colon',
    clientWith('auth: { type: basic, username: "a:b", passwordRef: env:ORDERS_SECRET }'),
    'must have no colon',
  ],
  [
    'a header with a space',
    clientWith('auth: { type: api_key, header: x y, keyRef: env:ORDERS_SECRET }'),
    'must be a header name',
  ],
  [
    'http',
    `clients: { a: { baseUrl: http://a.internal, ${noAuth} } }`,
    'clients.a.baseUrl is http beyond loopback: must be https; insecureHttp: true allows http',
  ],
  ['a path alone', `clients: { a: { baseUrl: /v1, ${noAuth} } }`, 'clients.a.baseUrl is not an absolute http(s) URL'],
  [
    'a redirect to a path',
    clientWith(`redirects: { origins: [https://b.internal/x] }\n${noAuth}`),
    'redirects.origins[0] is text: must be an origin',
  ],
  [
    'the reserved name close',
    `clients: { close: { baseUrl: https://a.internal, ${noAuth} } }`,
    'clients.close is not a valid name',
  ],
  [
    'the reserved name then',
    `clients: { then: { baseUrl: https://a.internal, ${noAuth} } }`,
    'clients.then is not a valid name',
  ],
  [
    'a name with a dot',
    `clients: { a.b: { baseUrl: https://a.internal, ${noAuth} } }`,
    'must be letters, digits and single dashes',
  ],
  ['no clients', 'client: {}', 'client is not a field here. Did you mean clients?'],
])('%s is one problem, and the message says how to fix it', async (_, text, expected) => {
  using folder = temporaryFolder();

  const error = (await loadConfig(folder.write('clients.yaml', text), { env })).unwrapErr();

  expect(relativeMessage(error, folder)).toContain(expected);
  expect(error.problems).toHaveLength(1);
  expect(error.code).toBe('CONFIG');
});

test.each([
  [
    'in place of a reference',
    oauth(`tokenUrl: https://i.d/\nclientSecretRef: ${canary}`),
    'is not a reference to a secret',
  ],
  ['as a field', oauth(`tokenUrl: https://i.d/\nclientSecret: ${canary}`), 'Did you mean clientSecretRef?'],
  [
    'as a password field',
    clientWith(`auth: { type: basic, username: a, password: ${canary} }`),
    'Did you mean passwordRef?',
  ],
  [
    'as a list',
    oauth(`tokenUrl: https://i.d/\nclientSecretRef: [${canary}]`),
    'clientSecretRef is a list: must be text',
  ],
  [
    'in a header',
    clientWith(`headers: { Authorization: Bearer ${canary} }\n${noAuth}`),
    'must not be the name of a secret',
  ],
  [
    'in a header of a key',
    clientWith(`headers: { x-api-key: ${canary} }\n${noAuth}`),
    'must not be the name of a secret',
  ],
  [
    'in a header of a key',
    clientWith(`headers: { Ocp-Apim-Subscription-Key: ${canary} }\n${noAuth}`),
    'must not be the name of a secret',
  ],
  [
    'in a header of a key',
    clientWith(`headers: { x-functions-key: ${canary} }\n${noAuth}`),
    'must not be the name of a secret',
  ],
  [
    'in a parameter',
    oauth(`${complete}\nextraParams: { client_secret: ${canary} }`),
    'must not be the name of a secret',
  ],
  [
    'in a URL',
    `clients: { a: { baseUrl: "https://u:${canary}@a.internal", ${noAuth} } }`,
    'contains a user or a password',
  ],
  ['in a file with invalid YAML', `clients: "${canary}\n`, 'an unclosed quote or bracket here'],
  ['behind a tag', `clients: !${canary} x`, 'has a tag'],
  ['as an alias', `clients: *${canary}`, 'is an alias'],
])('a secret %s is reported and not shown', async (_, text, expected) => {
  using folder = temporaryFolder();

  const error = (await loadConfig(folder.write('clients.yaml', text), { env })).unwrapErr();

  expect(error.message).toContain(expected);
  expect(error).toHideSecrets(canary);
});

test.each([
  ['in a URL', 'baseUrl: https://${ORDERS_HOST}/v1', 'baseUrl contains the placeholder ${ORDERS_HOST}'],
  ['with a default', 'baseUrl: https://${ORDERS_HOST:-localhost}/', 'baseUrl contains the placeholder ${ORDERS_HOST}'],
  ['without braces', 'baseUrl: https://$ORDERS_HOST/', 'baseUrl contains the placeholder $ORDERS_HOST'],
  ['of Helm', 'baseUrl: "https://{{ .Values.host }}/"', 'baseUrl contains the placeholder {{.Values.host}}'],
  ['of Kubernetes', 'userAgent: $(NAME)', 'userAgent contains the placeholder $(NAME)'],
  ['in a header', 'headers: { x-team: "${TEAM}" }', 'headers.x-team contains the placeholder ${TEAM}'],
  ['in a number', 'timeout: ${TIMEOUT}', 'timeout contains the placeholder ${TIMEOUT}'],
  ['in a choice', 'profile: ${PROFILE}', 'profile contains the placeholder ${PROFILE}'],
  [
    'in an origin',
    'redirects: { origins: ["https://${HOST}"] }',
    'redirects.origins[0] contains the placeholder ${HOST}',
  ],
])('a placeholder %s that was not replaced is reported by name and line', async (_, line, expected) => {
  using folder = temporaryFolder();
  const baseUrl = line.startsWith('baseUrl') ? [] : ['    baseUrl: https://a.internal'];
  const text = ['clients:', '  a:', '    auth: { type: none }', `    ${line}`, ...baseUrl].join('\n');

  const error = (await loadConfig(folder.write('clients.yaml', text))).unwrapErr();

  expect(error.problems).toMatchObject([{ line: 4 }]);
  expect(error.message).toContain(`clients.a.${expected}, which was not replaced`);
});

test.each([
  ['a client id', 'clientId: ${CLIENT_ID}', 'clientId contains the placeholder ${CLIENT_ID}'],
  ['a scope', 'scopes: ["${SCOPE}"]', 'scopes[0] contains the placeholder ${SCOPE}'],
  ['a resource', 'resource: https://${HOST}/', 'resource contains the placeholder ${HOST}'],
  ['a parameter', 'extraParams: { tenant: "${TENANT}" }', 'extraParams.tenant contains the placeholder ${TENANT}'],
  [
    'a reference to a variable',
    'clientSecretRef: ${SECRET_REF}',
    'clientSecretRef contains the placeholder ${SECRET_REF}',
  ],
  [
    'a reference to a file',
    'clientSecretRef: "file:${SECRETS}/orders"',
    'clientSecretRef contains the placeholder ${SECRETS}',
  ],
])('a placeholder in %s of an auth is reported by name', async (_, line, expected) => {
  using folder = temporaryFolder();
  const defaults = ['clientId: billing', 'clientSecretRef: env:ORDERS_SECRET'];
  const others = defaults.filter((each) => each.split(':')[0] !== line.split(':')[0]);
  const auth = ['type: oauth2_client_credentials', 'tokenUrl: https://id.internal/token', line, ...others];
  const text = clientWith(`auth:\n${indent(auth.join('\n'), 2)}`);

  const error = (await loadConfig(folder.write('clients.yaml', text), { env })).unwrapErr();

  expect(error.problems).toHaveLength(1);
  expect(error.message).toContain(`clients.a.auth.${expected}, which was not replaced`);
});

test('the text of a placeholder is shown only if it is a name', async () => {
  const clients = { a: { baseUrl: `https://a.internal/\${${canary} x}/`, auth: { type: 'none' } } };

  const error = (await loadConfig({ clients })).unwrapErr();

  expect(error.message).toContain('clients.a.baseUrl contains a placeholder, which was not replaced');
  expect(error).toHideSecrets(canary);
});

test.each(['userAgent: "$ 5 {a}"', 'headers: { x-price: "$5", x-path: "/{id}" }'])(
  'text with braces or a dollar sign alone is not a placeholder: %s',
  async (line) => {
    using folder = temporaryFolder();

    expect((await loadConfig(folder.write('clients.yaml', clientWith(`${line}\n${noAuth}`)))).isOk()).toBe(true);
  },
);

test.each(['sig', 'code', 'key', 'signature', 'X-Amz-Signature', 'subscription-key', 'access_token'])(
  'a URL with the query parameter %s is rejected, because its value is a secret',
  async (name) => {
    const clients = { a: { baseUrl: `https://a.internal/?${name}=${canary}`, auth: { type: 'none' } } };

    const error = (await loadConfig({ clients })).unwrapErr();

    expect(error.problems).toMatchObject([{ path: 'clients.a.baseUrl' }]);
    expect(error).toHideSecrets(canary);
  },
);

test('the README shows the current error message', async () => {
  using folder = temporaryFolder();
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const shown = /^```\n(clients\.yaml has .*?)\n```$/ms.exec(readme)?.[1];
  const text = [
    'clients:',
    '  orders:',
    '    baseURL: https://orders.internal',
    '    timeout: soon',
    '    auth:',
    '      type: baerer',
    '  stock:',
    '    baseUrl: https://stock.internal',
    '    auth: { type: bearer, tokenRef: file:/run/secrets/stock }',
  ].join('\n');

  const error = (await loadConfig(folder.write('clients.yaml', text))).unwrapErr();

  expect(relativeMessage(error, folder)).toBe(shown);
});

test('a baseUrl whose last segment would be dropped is refused, with the right form', async () => {
  const auth = { type: 'bearer', tokenRef: 'env:TOKEN' };
  const clients = { orders: { baseUrl: 'https://api.test/v1', auth } };

  const error = (await loadConfig({ clients }, { env: { TOKEN: 'a token' } })).unwrapErr();

  expect(error.message).toContain('clients.orders.baseUrl');
  expect(error.message).toContain('must end in a slash: https://api.test/v1/');
});
