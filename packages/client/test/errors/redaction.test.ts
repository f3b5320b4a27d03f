import { expect, test } from 'vitest';
import { extractSecrets, previewBody, redact } from '../../src/errors/redaction.ts';
import { isSecretName } from '../../src/errors/secret-names.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

test.each([undefined, null, ''])('without a body there is no preview: %j', (body) => {
  expect(previewBody(body, [])).toBeUndefined();
});

test.each([
  ['text', 'the database is on holiday', 'the database is on holiday'],
  ['JSON', { error: 'not_found', id: 42, tags: ['a'] }, '{"error":"not_found","id":42,"tags":["a"]}'],
  [
    'an OAuth error',
    { error: 'invalid_token', token_type: 'Bearer' },
    '{"error":"invalid_token","token_type":"Bearer"}',
  ],
])('a preview shows what is not a secret: %s', (_kind, body, shown) => {
  expect(previewBody(body, [])).toBe(shown);
});

test.each([
  '{"code":"INVALID_ARGUMENT","status":"not found"}',
  '{"code":404}',
  '{"code":-32601}',
  '{"code":"not_found"}',
  'Code: AccessDenied',
  '{"code":"AADSTS7000215"}',
  '{"error_code":"a1b2c3d4e5f6","status_code":500}',
  '{"hasPassword":true,"token":null,"secrets":[]}',
  '[{"key":"color","value":"red"},{"key":"size","value":9}]',
  '{"field":"password","message":"too short"}',
  '{"usage":{"prompt_tokens":12,"max_tokens":4096}}',
  'GET /v1?a=1&b=2 from https://token.internal:8443/keys failed',
  '<p>Sorry, no token today</p>',
  'Bearer authentication is required',
  'Bearer realm="orders", error="invalid_token"',
  'Basic realm=orders',
  'send the header: Bearer <token>',
  '50% of "a & b" \\ c: 100%',
])('text without a secret is left as it is: %s', (text) => {
  expect(redact(text, ['Bearer at_1', basic('billing:hunter2')])).toBe(text);
});

/** Bodies as servers send them. `CANARY` is the secret. */
test.each<[kind: string, body: unknown]>([
  ['members by their names', { access_token: 'CANARY', nested: [{ clientSecret: 'CANARY', Password: 'CANARY' }] }],
  ['keys of an API', { 'x-api-key': 'CANARY', apiKey: 'CANARY', api_key: 'CANARY', key: 'CANARY' }],
  ['a list below the name of a secret', { passwords: ['CANARY', 'CANARY'], tokens: ['CANARY'] }],
  ['an object below the name of a secret', { apiKeys: { main: 'CANARY', old: { value: ['CANARY'] } } }],
  ['a text below the name of a secret', '{"pin":"CANARY"}'],
  ['a pair of key and value', { key: 'DB_PASSWORD', value: 'CANARY' }],
  ['a pair in the other order', { value: 'CANARY', key: 'DB_PASSWORD' }],
  ['a pair of name and values', [{ name: 'Authorization', values: ['Bearer CANARY', { raw: 'CANARY' }] }]],
  ['a rejected field of Spring', { errors: [{ field: 'password', rejectedValue: 'CANARY', code: 'Size' }] }],
  ['a rejected field of FastAPI', { detail: [{ type: 'too_short', loc: ['body', 'password'], input: 'CANARY' }] }],
  ['JSON in a string', { message: '{"client_secret":"CANARY"}' }],
  ['JSON in a string in a string', { message: JSON.stringify({ inner: JSON.stringify({ password: 'CANARY' }) }) }],
  ['JSON in a string that is cut off', '{"message":"{\\"client_secret\\":\\"CANARY'],
  ['a variable', 'env: DB_PWD=CANARY DB_HOST=x'],
  ['a key in a connection string', 'AccountName=x;access_key=CANARY;AccountKey=CANARY;Password=CANARY'],
  ['a name that is escaped', '{"pass\\u0077ord":"CANARY"}'],
  ['a value with an escaped quote', '{"password":"ab\\"CANARY"}'],
  ['HTML that quotes JSON', '<pre>{&quot;password&quot;:&quot;CANARY&quot;}</pre>'],
  ['a form in a URL', 'GET /?next=%2Fcb%3Ftoken%3dCANARY%26x'],
  ['XML', '<r><Password>CANARY</Password><wsse:Password>CANARY</wsse:Password></r>'],
  ['a header', 'the header was Authorization: Bearer CANARY'],
  ['a header of an unknown scheme', 'Authorization: AWS4-HMAC-SHA256 Credential=CANARY, Signature=CANARY\nnext: line'],
  ['basic credentials', 'Basic CANARY== was refused'],
  ['a JWT', `the token ${jwt.replace('YWxpY2U', 'CANARY0')} has expired`],
  ['a JWT in a path', `/v1/x.${jwt.replace('YWxpY2U', 'CANARY0')}/y`],
  ['a pair in a query', 'GET /v1?token=CANARY&password=CANARY&sig=CANARY failed'],
  ['an authorization code', 'POST grant_type=authorization_code&code=SplxCANARY0&redirect_uri=x'],
  ['a code of digits', '{"code":"12345678CANARY"}'],
  ['JSON as text', '{"refresh_token": "CANARY", "session" : "CANARY"}'],
  ['a hash of Ruby', '{"password"=>"CANARY", :token => "CANARY"}'],
  ['a form of Rails', 'user[password]=CANARY&user[name]=x'],
  ['user and password of a URL', 'connect to https://me:CANARY@db.internal and //me:p@CANARY@db failed'],
  ['cookies', 'Set-Cookie: sid=CANARY; theme=CANARY\r\nx: y'],
])('a preview does not show a secret in %s', (_kind, body) => {
  const shown = previewBody(body, []);

  expect(shown).toContain('[REDACTED]');
  expect(shown).not.toContain('CANARY');
});

const password = `p&ss/w0rd<1>+x"ä\\`;

test.each([
  ['plain', password],
  ['in other case', password.toUpperCase().replace('Ä', 'ä')],
  ['JSON', JSON.stringify(password)],
  ['JSON with escaped slashes', JSON.stringify(password).replaceAll('/', '\\/')],
  ['JSON with \\u escapes', password.replaceAll(/[^a-z]/g, (sign) => `\\u${hex(sign, 4)}`)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(password))],
  ['HTML', password.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')],
  ['HTML of numbers', password.replaceAll(/[^a-z]/g, (sign) => `&#x${hex(sign, 2)};`)],
  ['decimal HTML', password.replaceAll(/[^a-z]/g, (sign) => `&#${sign.codePointAt(0)};`)],
  ['percent', encodeURIComponent(password)],
  ['percent in lower case', encodeURIComponent(password).toLowerCase()],
  ['percent twice', encodeURIComponent(encodeURIComponent(password))],
  ['a form', new URLSearchParams([['', password]]).toString().slice(1)],
  ['base64', btoa(`x:${password.replace('ä', 'a')}`)],
  ['JSON of HTML', JSON.stringify(`<b>${password.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</b>`)],
])('a password that was sent does not come back as %s', (kind, form) => {
  const sent = kind === 'base64' ? form : password;
  const text = `no such user: ${form} for billing`;

  const shown = redact(text, [kind === 'base64' ? `Basic ${sent}` : sent, basic(`me:${password}`)]);

  expect(shown).toMatch(/^no such user: ["\\]*(?:<b>)?\[REDACTED\](?:<\/b>)?["\\=]* for billing$/);
});

function hex(sign: string, length: number): string {
  return (sign.codePointAt(0) ?? 0).toString(16).padStart(length, '0');
}

test.each([
  ['opaque\\/tok+en=='],
  ['opaque\\u002ftok+en=='],
  ['opaque&#x2F;tok&#43;en=='],
  ['opaque&sol;tok+en=='],
  ['opaque%2ftok%2ben%3d%3d'],
  ['opaque/tok en=='],
])('a bearer token that was sent does not come back as %s', (form) => {
  expect(redact(`unknown ${form}!`, ['Bearer opaque/tok+en=='])).toMatch(/^unknown \[REDACTED\](?:==|%3d%3d)?!$/);
});

test('a password that was sent as Basic is not shown in plain', () => {
  const shown = previewBody('no user billing with pä ss, sent billing:pä ss', [basic('billing:pä ss')]);

  expect(shown).toBe('no user billing with [REDACTED], sent billing:[REDACTED]');
});

test('a credential that comes back as a part of a URL or of a form is not shown', () => {
  expect(previewBody('GET /?q=k%209%2Fx and q=k+9%2Fx', ['k 9/x'])).toBe('GET /?q=[REDACTED] and q=[REDACTED]');
});

test('a credential that the call has sent is not shown, with or without its scheme', () => {
  const shown = previewBody({ message: 'at_1 is unknown', header: 'Bearer at_1', id: 'k-9' }, ['Bearer at_1', 'k-9']);

  expect(shown).not.toMatch(/at_1|k-9/);
});

test('of a credential that comes back cut off the beginning is not shown either', () => {
  const token = 'q9-Ve7_x2mK4pLs8Tz0aBcD';

  expect(redact(`got ${token.slice(0, 14)}… and ${token.slice(0, 12)}`, [`Bearer ${token}`])).toBe(
    'got [REDACTED]… and [REDACTED]',
  );
});

test('secrets in a text are found with their values', () => {
  expect(extractSecrets(')]}\',{"access_token":"tok-1","n":1} password=hunter2')).toEqual(['tok-1', 'hunter2']);
});

test('redacting twice changes nothing more', () => {
  const once = redact(`password=x {"token":"y","tokens":["z"]} Bearer abc ${jwt}`);

  expect(redact(once)).toBe(once);
});

test.each(['password', 'x-functions-key', 'sig', 'code', 'session_id', 'error_code', 'idempotency-key', 'name'])(
  'a preview hides a value of %s if, and only if, that is the name of a secret',
  (name) => {
    const shown = [`{"${name}":"v4lue-1"}`, `?${name}=v4lue-1`, `<${name}>v4lue-1</${name}>`].map((text) =>
      redact(text),
    );

    expect(shown.map((text) => !text.includes('v4lue-1'))).toEqual(shown.map(() => isSecretName(name)));
  },
);

test('a long body is cut, not dropped, and no letter is cut in two', () => {
  const shown = previewBody(`${'a'.repeat(2_047)}😀${'b'.repeat(9_000)}`, []);

  expect(shown?.length).toBe(2_049);
  expect(shown?.endsWith('…')).toBe(true);
  expect(shown?.isWellFormed()).toBe(true);
});

test.each([
  ['the shown part', `${'a'.repeat(2_040)} Bearer ${'CANARY'.repeat(9)}`],
  ['the part that is looked at', `${'password=hunter2hunter2 '.repeat(681)}token CANARY-CANARY-CANARY`],
])('a secret that lies across the end of %s is not shown', (_part, body) => {
  expect(previewBody(body, ['Bearer CANARY-CANARY-CANARY'])).not.toContain('CANARY');
});

test('a body with a bigint, as a parser of the caller may give it, has a preview', () => {
  expect(previewBody({ id: 12345678901234567890n }, [])).toBe('{"id":"12345678901234567890"}');
});

test('a huge list costs little', () => {
  const shown = previewBody({ items: Array.from({ length: 1_000_000 }, (_, index) => index) }, []);

  expect(shown?.length).toBeLessThan(300);
});

/** What each rule of the scanner repeats, looks ahead over, or waits for the end of. A quadratic one runs into the time-out. */
test.each([
  'a',
  'a.',
  'eyJ',
  '-eyJ',
  'eyJ.',
  ' ',
  '\n',
  'a ',
  'a\t',
  '"',
  "'",
  '\\',
  '\\"',
  '\\u',
  '\\u0041',
  '%',
  '%41',
  '%e4',
  '%f0%9f',
  '&',
  '&amp;',
  '&#',
  '&#x41;',
  '&#9999999;',
  '/',
  '//',
  '//a',
  '//a@',
  '//@',
  '@',
  ':',
  '=',
  '==',
  '=>',
  '{',
  '[',
  '}',
  ']',
  '{"',
  '{"a":',
  '[{"key":',
  '{"value":',
  '{"value":[',
  '{"name":{"value":',
  '"value":"',
  "value='",
  'token',
  'token ',
  'token=',
  'token:',
  'token="',
  "token='",
  'token=[',
  'token={"',
  'tokens":["',
  'password=a&',
  '{value=',
  'key=',
  '{"key":"',
  '<',
  '<a>',
  '<token>',
  '<token',
  ':token>',
  '<a:token>',
  '<a:token',
  'token>',
  'Bearer ',
  'Bearer a',
  'Basic a=',
  'Digest a,',
  'Authorization:',
  'Cookie: a;',
  'code=',
  'code=a_',
  'code=Ab',
  'A',
  'aA',
  'AAa',
  '_',
  'a_key_',
  'known-secre',
  'known-secret',
])('128 KiB of %j is redacted in time linear to its length', (alphabet) => {
  const text = alphabet.repeat(Math.ceil(2 ** 17 / alphabet.length));

  const shown = redact(text, ['known-secret', `Bearer ${'known-secret'.repeat(20)}`]);

  expect(shown.length).toBeLessThanOrEqual(text.length * 4);
});
