import { generateKeyPairSync } from 'node:crypto';
import { fakeIssuer } from '@bearings/testing';
import { afterEach, expect, test, vi } from 'vitest';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { Token } from '../../src/token/token.ts';
import { configFor } from '../create-token.ts';

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each<[string, Partial<TokenConfig>]>([
  ['privateKey', { clientSecret: undefined, privateKey: String(pem) }],
  ['dpop', { dpop: { privateKey: String(pem) } }],
])('%s that needs node:crypto is refused where there is none, with the flag that brings it', (field, changes) => {
  vi.stubGlobal('process', undefined);

  const made = Token.onDemand(configFor(fakeIssuer(), changes));

  expect(made.isErr() && made.error.message).toContain(
    `${field} needs node:crypto, which this runtime does not have: on Cloudflare Workers, set the compatibility flag nodejs_compat`,
  );
});
