import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { loadConfig } from '../../src/load-config.ts';
import { temporaryFolder } from '../folder.ts';

const canary = 's3cr3t-CANARY';
const secret = 'clientSecretRef: env:SECRET';

/** The problems of an `auth`, each as the line below `auth` in which it is, the field, and the message. */
async function findProblems(lines: readonly string[], more = ''): Promise<readonly string[]> {
  using folder = temporaryFolder();
  const base = ['type: oauth2_client_credentials', 'clientId: billing'];
  const url = lines.some((line) => /^(?:issuerUrl|tokenUrl)/.test(line)) ? [] : ['issuerUrl: https://id.internal'];
  const auth = [...base, ...url, ...lines].map((line) => `      ${line}\n`).join('');
  const text = `clients:\n  a:\n    baseUrl: https://a.internal\n    auth:\n${auth}${more}`;
  const read = await loadConfig(folder.write('clients.yaml', text), { env: { SECRET: canary } });
  expect(read).toHideSecrets(canary);
  const start = 4 + base.length + url.length;
  const problems = read.isErr() ? read.error.problems : [];
  return problems.map(({ path, line = 0, found, expected, suggestion = '' }) =>
    [`${line - start}`, path.replace('clients.a.auth', ''), found, expected, suggestion].filter(Boolean).join(' | '),
  );
}

test.each([
  [
    ['clientAssertion: { platform: kubernetes }'],
    '1 | .clientAssertion.file | is missing | must be set with platform: kubernetes',
  ],
  [['clientAssertion: {}'], '1 | .clientAssertion.file | is missing | set it, or a platform'],
  [
    ['clientAssertion:', '  platform: aws', '  audience: orders'],
    '3 | .clientAssertion.audience | has no effect with platform: aws | remove it: it has no other field',
  ],
  [
    ['clientAssertion:', '  platform: google', '  resource: orders'],
    '3 | .clientAssertion.resource | has no effect with platform: google | remove it: its fields are audience, account, endpoint',
  ],
  [['clientAssertion: { platform: githubactions }'], '| github-actions'],
  [
    [secret, 'clientAssertion: { platform: google }'],
    '-3 | has both clientSecretRef and clientAssertion | must have one of them',
  ],
  [
    ['clientAuthMethod: client_secret_post', 'clientAssertion: { platform: google }'],
    '1 | .clientAuthMethod | is a method with a secret, and there is an assertion | remove it: private_key_jwt is the default with an assertion',
  ],
  [
    ['clientAuthMethod: none', 'clientAssertion: { platform: google }'],
    '1 | .clientAuthMethod | has the value none although there is a secret, a key or an assertion | change it, or remove the other',
  ],
  [[secret, 'grant: { type: token_exchange }'], '2 | .grant.subjectTokenRef | is missing'],
  [
    [secret, 'grant:', '  type: token_exchange', `  subjectToken: ${canary}`],
    '4 | .grant.subjectToken | is a secret, which does not belong in a config | subjectTokenRef',
  ],
  [
    [secret, 'grant:', '  type: token_exchange', '  subjectTokenRef: env:SECRET', '  actorTokenType: jwt'],
    '5 | .grant.actorTokenType | has no effect | remove it, or set actorTokenRef',
  ],
  [
    [secret, 'grant: { type: token_exchange, subjectTokenRef: env:SECRET, requestedTokenType: jvt }'],
    'must be access_token, refresh_token, id_token, jwt, saml1 or saml2 or a URI (RFC 8693 §3)',
  ],
  [[secret, 'grant: { type: token_xchange }'], '2 | .grant.type | is text'],
  [
    [secret, 'grant: { type: jwt_bearer }'],
    '2 | .grant | has neither assertionRef nor privateKeyRef | must have one of them',
  ],
  [
    [secret, 'grant:', '  type: jwt_bearer', '  assertionRef: env:SECRET', '  subject: bob'],
    '5 | .grant.subject | has no effect | remove it: the JWT of assertionRef is sent as it is',
  ],
  [
    [secret, 'dpop:', `  privateKey: ${canary}`],
    '3 | .dpop.privateKey | is a secret, which does not belong in a config | privateKeyRef',
  ],
  [[secret, 'dpop: yes please'], '2 | .dpop | is text | must be true or false or a group of fields'],
  [
    [secret, 'dpop: { privateKeyRef: env:SECRET }'],
    '2 | .dpop.privateKeyRef | names the environment variable SECRET, which is not a private key',
  ],
  [[secret, 'stepUp: { allow: [] }'], '2 | .stepUp.allow | is a list | must have at least 1 items'],
  [[secret, 'stepUp: { allow: orders.write }'], '2 | .stepUp.allow | is text | must be a list'],
  [[secret, 'profile: fapi1'], '2 | .profile | is text | must be fapi2'],
  [
    [secret, 'dpop: true', 'profile: fapi2'],
    '1 | .clientSecretRef | is not as the profile fapi2 demands: use privateKeyRef, clientAssertion or a client certificate',
  ],
  [
    ['clientAssertion: { platform: google }', 'profile: fapi2'],
    '2 | .profile | is fapi2, and tokens are bound neither to a key nor to a certificate | set dpop: true or certificateBoundTokens: true',
  ],
  [
    ['tokenUrl: https://id.internal/token', 'clientAssertion: { platform: google }', 'dpop: true', 'profile: fapi2'],
    '1 | .tokenUrl | is not as the profile fapi2 demands: set issuerUrl',
  ],
  [
    ['clientAssertion: { platform: google }', 'signingAlg: RS256', 'dpop: true', 'profile: fapi2'],
    '2 | .signingAlg | is not as the profile fapi2 demands: must be one of PS256, ES256',
  ],
  [
    [secret, 'clientAuthMethod: tls_client_auth'],
    '2 | .clientAuthMethod | is a method with the certificate of network, and there is a secret, a key or an assertion',
  ],
  [
    ['clientAuthMethod: self_signed_tls_client_auth', 'clientAssertion: { platform: google }'],
    '1 | .clientAuthMethod | is a method with the certificate of network, and there is a secret, a key or an assertion',
  ],
  [
    ['clientAuthMethod: tls_client_auth', 'certificateFile: none.crt'],
    '2 | .certificateFile | has no effect with this clientAuthMethod | remove it: the certificate is certFile of network',
  ],
  [
    ['clientAuthMethod: tls_client_auth', 'dpop: true', 'certificateBoundTokens: true'],
    '3 | .certificateBoundTokens | is true, and there is dpop | remove one of them',
  ],
  [
    ['issuerUrl: http://127.0.0.1:9', 'clientAuthMethod: tls_client_auth'],
    '1 | .issuerUrl | is http, which has no client certificate | must be https',
  ],
  [
    ['tokenUrl: http://127.0.0.1:9/token', secret, 'certificateBoundTokens: true'],
    '1 | .tokenUrl | is http, which has no client certificate | must be https',
  ],
  [
    ['clientAuthMethod: tls_client_auth'],
    "1 | .clientAuthMethod | needs a client certificate, and network has none | set certFile and keyFile in the client's network",
  ],
  [
    [secret, 'certificateBoundTokens: true'],
    '2 | .certificateBoundTokens | needs a client certificate, and network has none | set certFile and keyFile',
  ],
  [[secret, 'certificateBoundTokens: yes please'], '2 | .certificateBoundTokens | is text | must be true or false'],
  [['clientAuthMethod: tls_client'], '1 | .clientAuthMethod | is text | must be client_secret_basic'],
  [[secret, 'clientCapabilities: cp1'], '2 | .clientCapabilities | is text | must be a list'],
  [[secret, 'clientCapabilities: []'], '2 | .clientCapabilities | is a list | must have at least 1 items'],
  [[secret, 'clientCapabilities: [c p]'], '2 | .clientCapabilities[0] | is text | must be a name without spaces'],
  [
    [secret, 'clientCapabilities: [cp1]', 'extraParams: { claims: x }'],
    '3 | .extraParams | contains claims, which clientCapabilities sets',
  ],
  [[secret, 'certificateFile: none.crt'], '2 | .certificateFile | is set without privateKeyRef'],
])('%j is refused by its line, with what would be right', async (lines, expected) => {
  const problems = await findProblems(lines);

  expect(problems.join('\n')).toContain(expected);
});

test('tokens of a key that each process makes anew are refused with a tokenStore', async () => {
  const problems = await findProblems([secret, 'dpop: true'], 'tokenStore: { file: /tmp/x, keyRef: env:SECRET }\n');

  expect(problems).toEqual([
    '2 | .dpop | is true, and there is a tokenStore | must be { privateKeyRef }: processes share tokens of the same key alone',
  ]);
});

test.each([
  ['env:SECRET', 'names the environment variable SECRET, which is not a service-account key of Google'],
  ['file:none.json', 'which does not exist'],
])('a service-account key from %s that is none is refused', async (reference, message) => {
  using folder = temporaryFolder();
  const auth = `{ type: google_service_account, serviceAccountKeyRef: '${reference}', scopes: [a] }`;
  const text = `clients: { a: { baseUrl: https://a.internal, auth: ${auth} } }`;

  const read = await loadConfig(folder.write('clients.yaml', text), { env: { SECRET: canary } });

  expect(read.unwrapErr().message).toContain(message);
  expect(read).toHideSecrets(canary);
});
