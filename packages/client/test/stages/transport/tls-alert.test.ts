import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { describeTlsAlert } from '../../../src/stages/transport/tls-alert.ts';
import { caught } from '../../caught.ts';

test.each([
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'the server requires a client certificate'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', 'the client certificate has expired'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'the client certificate is revoked'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'the server does not trust the issuer of the client certificate'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'the server refused the client certificate'],
])('%s means: %s', (code, words) => {
  expect(describeTlsAlert(code)).toBe(words);
});

test.each(['CERT_HAS_EXPIRED', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO'])(
  '%s says nothing of the client certificate',
  (code) => {
    expect(describeTlsAlert(code)).toBeUndefined();
  },
);

test('of an error of OpenSSL only the words for people are shown', async () => {
  const openSsl =
    'write EPROTO 4043A1:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/openssl/ssl/record.c:1605:SSL alert number 116\n';
  const cause = Object.assign(new Error(openSsl), { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });

  const fails = () => Promise.reject(new TypeError('fetch failed', { cause }));
  const error = await caught(() => createClient({ retry: 0, fetch: fails }).fetch('https://api.test/'));

  expect(error.message).toContain('tlsv13 alert certificate required (ERR_SSL');
  expect(error.message).not.toMatch(/record\.c|alert number/);
});
