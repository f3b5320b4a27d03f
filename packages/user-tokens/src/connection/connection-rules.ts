import { anyRule, booleanRule, listRule, objectRule, oneOfRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { ConnectionConfig } from './connection-config.ts';

/** What each option of a connection must be. The token endpoint checks those of client authentication again, in depth. */
export const connectionRules: OptionRules<ConnectionConfig> = {
  issuerUrl: stringRule,
  protectedResource: stringRule,
  endpoints: objectRule,
  authParams: objectRule,
  tokenParams: objectRule,
  scopeParam: stringRule,
  scopeSeparator: oneOfRule(' ', ','),
  grantedScopeSeparator: oneOfRule(' ', ','),
  offlineScope: stringRule,
  clientAuthMethod: anyRule,
  tokenBody: oneOfRule('form', 'json'),
  tokenPath: stringRule,
  errorMember: stringRule,
  errorCodes: objectRule,
  bearerTypes: listRule(stringRule),
  defaultTtlMs: {
    test: (value) => typeof value === 'number' && value > 0,
    expected: 'milliseconds above 0, or Infinity',
  },
  account: objectRule,
  extras: listRule(stringRule),
  resource: anyRule,
  clientId: stringRule,
  scopes: listRule(stringRule),
  insecureHttp: booleanRule,
  dpop: {
    test: (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
    expected: 'true, or { privateKey } with PEM text or a JWK',
    isSecret: true,
  },
  clientSecret: { ...anyRule, isSecret: true },
  privateKey: { ...anyRule, isSecret: true },
  clientAssertion: anyRule,
  certificate: anyRule,
  keyId: stringRule,
  signingAlg: stringRule,
  assertionAudience: stringRule,
  basicEncoding: oneOfRule('form', 'raw'),
};
