import { booleanRule, listRule, objectRule, oneOfRule, stringRule, wholeNumberRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { IssuerQuirks } from './issuer-quirks.ts';

/** The rules of quirks. */
export const quirkRules: OptionRules<IssuerQuirks> = {
  hasMetadata: booleanRule,
  scopeParam: stringRule,
  requestedScopeSeparator: stringRule,
  grantedScopeSeparator: stringRule,
  tokenBody: oneOfRule('form', 'json'),
  clientAuth: oneOfRule('basic', 'post'),
  answersFormByDefault: booleanRule,
  refusesScopeOnRefresh: booleanRule,
  refreshTokenAtFirstConsent: booleanRule,
  tokenPath: stringRule,
  tokenType: stringRule,
  omits: listRule(stringRule),
  adds: objectRule,
  refreshLifetimeMember: stringRule,
  errorStatus: wholeNumberRule,
  errorMember: stringRule,
  descriptionMember: stringRule,
  errorAdds: objectRule,
  errors: objectRule,
  accountMember: stringRule,
};
