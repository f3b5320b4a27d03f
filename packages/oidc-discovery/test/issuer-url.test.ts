import { expect, test } from 'vitest';
import { readIssuerUrl } from '../src/issuer-url.ts';

test.each(['https://as.example', 'https://as.example/', 'https://as.example/realms/a', 'http://127.0.0.1:8080'])(
  '%s can be an issuer',
  (issuer) => {
    expect(readIssuerUrl(issuer, false).href).toContain(issuer);
  },
);

test.each([
  'as.example',
  '',
  'http://as.example',
  'ftp://as.example',
  'javascript:alert(1)',
  'https://u:CANARY@as.example',
  'https://as.example?a=CANARY',
  'https://as.example#CANARY',
  'https://as.example?',
  'https://as.example#',
])('%j cannot be an issuer', (issuer) => {
  expect(() => readIssuerUrl(issuer, false)).toThrow(expect.objectContaining({ code: 'DISCOVERY_CONFIG' }));
  expect(() => readIssuerUrl(issuer, false)).not.toThrow(/CANARY/);
});

test('http is taken where it was allowed, and nothing else is', () => {
  expect(readIssuerUrl('http://as.internal', true).protocol).toBe('http:');
  expect(() => readIssuerUrl('ftp://as.internal', true)).toThrow('https');
});
